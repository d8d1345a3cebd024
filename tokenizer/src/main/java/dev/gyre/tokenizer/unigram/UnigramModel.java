package dev.gyre.tokenizer.unigram;

import dev.gyre.tokenizer.pipeline.Model;
import java.nio.charset.StandardCharsets;
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
    /// What an unknown character costs more than the rarest token.
    private static final double UNKNOWN_PENALTY = 10;

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
        double least = Double.POSITIVE_INFINITY;
        for (Token token : tokens) {
            least = Math.min(least, token.score());
        }
        Lattice.Builder lattice =
                Lattice.builder(unknownId == null ? -1 : unknownId, least - UNKNOWN_PENALTY);
        for (int id = 0; id < tokens.size(); id++) {
            Token token = tokens.get(id);
            if (!token.text().isEmpty() && !never.contains(id)) {
                lattice.add(token.text().getBytes(StandardCharsets.UTF_8), id, token.score());
            }
        }
        if (byteFallback) {
            addBytes(lattice);
        }
        return lattice.build();
    }

    /// Bytes are used only if there are all of them.
    private void addBytes(Lattice.Builder lattice) {
        Map<String, Integer> ids = vocabulary();
        int[] byteIds = new int[256];
        for (int value = 0; value < 256; value++) {
            Integer id = ids.get("<0x%02X>".formatted(value));
            if (id == null) {
                return;
            }
            byteIds[value] = id;
        }
        lattice.withBytes(byteIds);
    }
}
