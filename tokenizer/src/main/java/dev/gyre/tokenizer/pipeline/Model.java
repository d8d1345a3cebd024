package dev.gyre.tokenizer.pipeline;

import dev.gyre.tokenizer.text.StretchEncoder;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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

    /// The tokens of the vocabulary by id and by spelling.
    default Tokens tokensById() {
        return new MappedTokens(vocabulary());
    }

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

    /// The tokens of a vocabulary. Thread-safe.
    interface Tokens {
        /// Highest id plus one.
        int size();

        /// A token as the file spells it; `null` if no token has the id.
        ///
        /// @param id from 0 to [#size] less one
        @Nullable String spelled(int id);

        /// What the token stands for where the vocabulary spells bytes; `null` if no token has the
        /// id. The array is shared: it must not be changed.
        ///
        /// @param id from 0 to [#size] less one
        byte @Nullable [] bytes(int id);

        /// Id of a token by its spelling; -1 if there is none.
        int idOf(String token);
    }

    /// Refuses ids that are doubled or out of range.
    ///
    /// @throws IllegalArgumentException naming the token
    static void requireIds(Map<String, Integer> vocabulary) {
        byId(vocabulary);
    }

    /// The tokens by id; `null` for ids without one.
    ///
    /// @throws IllegalArgumentException naming the token whose id is doubled or out of range
    static @Nullable String[] byId(Map<String, Integer> vocabulary) {
        int size = 0;
        for (Map.Entry<String, Integer> token : vocabulary.entrySet()) {
            int id = token.getValue();
            if (id < 0 || id > MAX_ID) {
                throw new IllegalArgumentException(
                        "token \"%s\" has the id %d; ids go from 0 to %d"
                                .formatted(token.getKey(), id, MAX_ID));
            }
            size = Math.max(size, id + 1);
        }
        @Nullable String[] tokens = new String[size];
        vocabulary.forEach(
                (token, id) -> {
                    if (tokens[id] != null) {
                        throw new IllegalArgumentException(
                                "tokens \"%s\" and \"%s\" share the id %d"
                                        .formatted(tokens[id], token, id));
                    }
                    tokens[id] = token;
                });
        return tokens;
    }
}
