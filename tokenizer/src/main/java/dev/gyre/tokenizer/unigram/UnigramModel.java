package dev.gyre.tokenizer.unigram;

import dev.gyre.tokenizer.pipeline.Model;
import dev.gyre.tokenizer.text.CachedEncoder;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A Unigram vocabulary (Kudo 2018): a text becomes the tokens whose log-probabilities have the
/// greatest sum, found by Viterbi's algorithm. Scores are added as Hugging Face does, in 64 bits.
///
/// @param tokens by id
/// @param unknownId id of the token for characters that the vocabulary lacks; `null` if there is
///   none and such characters are an error
/// @param byteFallback whether what is unknown becomes the tokens of its bytes, `<0x00>` to
///   `<0xFF>`, if there are all of them
public record UnigramModel(List<Token> tokens, @Nullable Integer unknownId, boolean byteFallback)
        implements Model {
    /// A token and its log-probability.
    public record Token(String text, double score) {}

    /// @throws IllegalArgumentException if a token is doubled, a score is no number, or the unknown
    ///   id is not in the vocabulary
    public UnigramModel {
        tokens = List.copyOf(tokens);
        if (tokens.isEmpty() || tokens.size() > MAX_ID) {
            throw new IllegalArgumentException(
                    "the vocabulary has %d tokens; it must have 1 to %d"
                            .formatted(tokens.size(), MAX_ID));
        }
        if (unknownId != null && (unknownId < 0 || unknownId >= tokens.size())) {
            throw new IllegalArgumentException(
                    "unk_id is %d, but there are %d tokens".formatted(unknownId, tokens.size()));
        }
        Set<String> seen = new HashSet<>();
        for (int id = 0; id < tokens.size(); id++) {
            Token token = tokens.get(id);
            if (!Double.isFinite(token.score())) {
                throw new IllegalArgumentException(
                        "token %d, \"%s\", has the score %s; it must be finite"
                                .formatted(id, token.text(), token.score()));
            }
            if (!seen.add(token.text())) {
                throw new IllegalArgumentException(
                        "token \"%s\" is in the vocabulary twice".formatted(token.text()));
            }
        }
    }

    @Override
    public Map<String, Integer> vocabulary() {
        Map<String, Integer> ids = new HashMap<>();
        for (int id = 0; id < tokens.size(); id++) {
            ids.put(tokens.get(id).text(), id);
        }
        return ids;
    }

    @Override
    public Encoders encoders(boolean byteLevel, Set<Integer> never) {
        if (byteLevel) {
            throw new IllegalArgumentException("Unigram over bytes is not supported");
        }
        Lattice.Tables tables = new Lattice.Tables(this, never);
        return () -> new CachedEncoder(new Lattice(tables));
    }
}
