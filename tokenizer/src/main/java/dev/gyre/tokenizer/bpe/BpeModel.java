package dev.gyre.tokenizer.bpe;

import dev.gyre.tokenizer.text.ByteLevel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A byte-level BPE vocabulary with its merges (Sennrich et al. 2016, over bytes as in GPT-2).
///
/// @param vocabulary id of each token, tokens spelled as [ByteLevel] does
/// @param merges pairs of tokens, the first goes first; only these are ever applied
/// @param wholePiecesFirst whether a piece that is a token becomes that token even where the merges
///   would not make it (`ignore_merges`, Llama 3)
/// @param unknownToken token for bytes that the vocabulary lacks; `null` to leave them out
public record BpeModel(
        Map<String, Integer> vocabulary,
        List<Merge> merges,
        boolean wholePiecesFirst,
        @Nullable String unknownToken) {

    /// Two tokens that become one.
    public record Merge(String left, String right) {
        public String merged() {
            return left + right;
        }
    }

    public BpeModel {
        vocabulary = Map.copyOf(vocabulary);
        merges = List.copyOf(merges);
        Map<Integer, String> tokens = new HashMap<>();
        vocabulary.forEach(
                (token, id) -> {
                    requireValidId(token, id);
                    String other = tokens.putIfAbsent(id, token);
                    if (other != null) {
                        throw new IllegalArgumentException(
                                "tokens \"%s\" and \"%s\" share the id %d"
                                        .formatted(other, token, id));
                    }
                });
        for (int rank = 0; rank < merges.size(); rank++) {
            Merge merge = merges.get(rank);
            requireToken(vocabulary, merge.left(), rank);
            requireToken(vocabulary, merge.right(), rank);
            requireToken(vocabulary, merge.merged(), rank);
        }
        if (unknownToken != null && !vocabulary.containsKey(unknownToken)) {
            throw new IllegalArgumentException(
                    "unknown token \"%s\" is not in the vocabulary".formatted(unknownToken));
        }
    }

    private static void requireValidId(String token, int id) {
        if (id < 0 || id > PieceCache.MAX_ID) {
            throw new IllegalArgumentException(
                    "token \"%s\" has the id %d; ids go from 0 to %d"
                            .formatted(token, id, PieceCache.MAX_ID));
        }
    }

    private static void requireToken(Map<String, Integer> vocabulary, String token, int rank) {
        if (!vocabulary.containsKey(token)) {
            throw new IllegalArgumentException(
                    "merge %d needs the token \"%s\", which is not in the vocabulary"
                            .formatted(rank, token));
        }
    }

    public MergeTable mergeTable() {
        int[] left = new int[merges.size()];
        int[] right = new int[merges.size()];
        int[] merged = new int[merges.size()];
        for (int rank = 0; rank < merged.length; rank++) {
            Merge merge = merges.get(rank);
            left[rank] = id(merge.left());
            right[rank] = id(merge.right());
            merged[rank] = id(merge.merged());
        }
        return new MergeTable(left, right, merged);
    }

    /// Id of each byte; that of the unknown token, or -1, for bytes the vocabulary lacks.
    public int[] byteIds() {
        int missing = unknownToken == null ? -1 : id(unknownToken);
        int[] ids = new int[256];
        for (int value = 0; value < ids.length; value++) {
            ids[value] =
                    vocabulary.getOrDefault(String.valueOf(ByteLevel.character(value)), missing);
        }
        return ids;
    }

    /// The bytes without a token of their own, ascending.
    public List<Integer> missingBytes() {
        List<Integer> missing = new ArrayList<>();
        for (int value = 0; value < 256; value++) {
            if (!vocabulary.containsKey(String.valueOf(ByteLevel.character(value)))) {
                missing.add(value);
            }
        }
        return missing;
    }

    private int id(String token) {
        Integer id = vocabulary.get(token);
        if (id == null) {
            throw new IllegalStateException("no token \"%s\"".formatted(token));
        }
        return id;
    }
}
