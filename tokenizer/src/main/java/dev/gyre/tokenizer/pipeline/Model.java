package dev.gyre.tokenizer.pipeline;

import dev.gyre.tokenizer.text.StretchEncoder;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/// A vocabulary and the way in which pieces of text become its tokens.
///
/// Implementations: byte-pair encoding ([dev.gyre.tokenizer.bpe.BpeModel]), WordPiece
/// ([dev.gyre.tokenizer.wordpiece.WordPieceModel]) and Unigram
/// ([dev.gyre.tokenizer.unigram.UnigramModel]).
public interface Model {
    /// Largest id that a vocabulary may have: three of them fit into 64 bits.
    int MAX_ID = (1 << 21) - 3;

    /// Id of each token, as the file spells it.
    Map<String, Integer> vocabulary();

    /// Makes ready for encoding.
    ///
    /// @param byteLevel whether the vocabulary spells bytes
    /// @param never ids that plain text never becomes
    Encoders encoders(boolean byteLevel, Set<Integer> never);

    /// What all encoders of one vocabulary share. Thread-safe.
    interface Encoders {
        /// An encoder of single pieces, for one thread at a time.
        StretchEncoder pieceEncoder();
    }

    /// Refuses ids that are doubled or out of range.
    ///
    /// @throws IllegalArgumentException naming the token
    static void requireIds(Map<String, Integer> vocabulary) {
        Map<Integer, String> tokens = new HashMap<>();
        vocabulary.forEach(
                (token, id) -> {
                    if (id < 0 || id > MAX_ID) {
                        throw new IllegalArgumentException(
                                "token \"%s\" has the id %d; ids go from 0 to %d"
                                        .formatted(token, id, MAX_ID));
                    }
                    String other = tokens.putIfAbsent(id, token);
                    if (other != null) {
                        throw new IllegalArgumentException(
                                "tokens \"%s\" and \"%s\" share the id %d"
                                        .formatted(other, token, id));
                    }
                });
    }
}
