package dev.gyre.tokenization.corpus.text;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// The hash by which exact duplicates are found: SHA-256 of the text's words, case-folded, with one
/// blank between them. Texts that differ only in case, blanks, line breaks or punctuation are
/// equal; a text without any letter or digit is compared by its other characters.
public final class ContentHash {
    private ContentHash() {}

    /// @return 32 bytes
    public static byte[] of(String text) {
        FoldedWords words = FoldedWords.of(text);
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(words.joined().getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
