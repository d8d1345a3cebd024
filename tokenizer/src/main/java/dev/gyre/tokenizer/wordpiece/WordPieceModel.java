package dev.gyre.tokenizer.wordpiece;

import dev.gyre.tokenizer.pipeline.Model;
import dev.gyre.tokenizer.text.CachedEncoder;
import dev.gyre.tokenizer.text.IdBuffer;
import dev.gyre.tokenizer.text.PieceTable;
import dev.gyre.tokenizer.text.StretchEncoder;
import dev.gyre.tokenizer.text.Utf8;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;

/// A WordPiece vocabulary (Schuster and Nakajima 2012, as BERT has it): a word becomes the longest
/// token that it begins with, then the longest that the rest begins with, and so on. A word for
/// which that does not work out becomes the unknown token as a whole.
///
/// @param vocabulary id of each token
/// @param unknownToken the token for words that the vocabulary cannot spell
/// @param continuingPrefix stands before tokens that do not begin a word, mostly `##`
/// @param mostCharacters longer words become the unknown token
public record WordPieceModel(
        Map<String, Integer> vocabulary,
        String unknownToken,
        String continuingPrefix,
        int mostCharacters)
        implements Model {
    /// @throws IllegalArgumentException if ids are doubled or out of range, or the unknown token is
    ///   not in the vocabulary
    public WordPieceModel {
        vocabulary = Map.copyOf(vocabulary);
        Model.requireIds(vocabulary);
        if (!vocabulary.containsKey(unknownToken)) {
            throw new IllegalArgumentException(
                    "unknown token \"%s\" is not in the vocabulary".formatted(unknownToken));
        }
        if (mostCharacters < 0) {
            throw new IllegalArgumentException(
                    "max_input_chars_per_word is %d; it must not be negative"
                            .formatted(mostCharacters));
        }
    }

    @Override
    public Encoders encoders(boolean byteLevel, Set<Integer> never) {
        if (byteLevel) {
            throw new IllegalArgumentException("WordPiece over bytes is not supported");
        }
        Tables tables = new Tables(this, never);
        return () -> new CachedEncoder(new Encoder(tables));
    }

    private static final class Tables {
        final PieceTable beginning = new PieceTable();
        final PieceTable continuing = new PieceTable();
        final int unknownId;
        final int mostCharacters;

        Tables(WordPieceModel model, Set<Integer> never) {
            mostCharacters = model.mostCharacters;
            unknownId = model.vocabulary.getOrDefault(model.unknownToken, -1);
            model.vocabulary.forEach(
                    (token, id) -> {
                        if (!never.contains(id)) {
                            beginning.put(token.getBytes(StandardCharsets.UTF_8), id);
                            if (token.startsWith(model.continuingPrefix)) {
                                String rest = token.substring(model.continuingPrefix.length());
                                continuing.put(rest.getBytes(StandardCharsets.UTF_8), id);
                            }
                        }
                    });
        }
    }

    private record Encoder(Tables tables) implements StretchEncoder {
        @Override
        public void encode(byte[] text, int start, int end, IdBuffer out) {
            int before = out.size();
            if (Utf8.count(text, start, end) > tables.mostCharacters) {
                out.add(tables.unknownId, start, end);
                return;
            }
            int at = start;
            while (at < end) {
                PieceTable table = at == start ? tables.beginning : tables.continuing;
                int tokenEnd = Math.min(end, at + table.longest());
                while (tokenEnd < end && tokenEnd > at && (text[tokenEnd] & 0xC0) == 0x80) {
                    tokenEnd--;
                }
                int id = -1;
                while (tokenEnd > at) {
                    id = table.get(text, at, tokenEnd);
                    if (id >= 0) {
                        break;
                    }
                    tokenEnd = Utf8.before(text, tokenEnd);
                }
                if (id < 0) {
                    out.truncate(before);
                    out.add(tables.unknownId, start, end);
                    return;
                }
                out.add(id, at, tokenEnd);
                at = tokenEnd;
            }
        }
    }
}
