package dev.gyre.tokenization.corpus;

import dev.gyre.artifacts.shards.CorpusVersion;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// A corpus of a project.
///
/// @param project 1 to 64 of a-z, 0-9 and hyphen
/// @param corpus the same
record CorpusName(String project, String corpus) {
    /// Longest document id in bytes of UTF-8.
    static final int MAX_ID_BYTES = 512;

    CorpusName {
        CorpusVersion.checkName("project", project);
        CorpusVersion.checkName("corpus", corpus);
    }

    /// Checks the form of a document's id.
    ///
    /// @return the id
    static String checkId(String id) {
        int bytes = id.getBytes(StandardCharsets.UTF_8).length;
        if (bytes < 1 || bytes > MAX_ID_BYTES) {
            throw new IllegalArgumentException(
                    "a document's id has %d bytes of UTF-8, it must have 1 to %d: '%s'"
                            .formatted(
                                    bytes,
                                    MAX_ID_BYTES,
                                    id.substring(0, Math.min(80, id.length()))));
        }
        if (id.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    "a document's id has a control character; leave it out: '"
                            + id.replaceAll("\\p{Cntrl}", "?")
                            + "'");
        }
        return id;
    }

    /// What the keys of the corpus' documents begin with. Ids sort behind it as bytes of UTF-8,
    /// which is the order of code points; no name or id has a zero byte.
    byte[] prefix() {
        return (project + '\0' + corpus + '\0').getBytes(StandardCharsets.UTF_8);
    }

    /// Key of a document.
    byte[] key(String id) {
        return concat(prefix(), id.getBytes(StandardCharsets.UTF_8));
    }

    /// Length of the prefix of a document's key.
    static int prefixLength(byte[] key, int from) {
        int zeros = 0;
        for (int at = from; at < key.length; at++) {
            if (key[at] == 0 && ++zeros == 2) {
                return at + 1 - from;
            }
        }
        throw new IllegalArgumentException("no key of a document");
    }

    static byte[] concat(byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        ByteBuffer all = ByteBuffer.allocate(length);
        for (byte[] part : parts) {
            all.put(part);
        }
        return all.array();
    }

    @Override
    public String toString() {
        return project + "/" + corpus;
    }
}
