package dev.gyre.tokenizer.bpe;

import dev.gyre.tokenizer.pipeline.Model;
import dev.gyre.tokenizer.text.ByteLevel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A BPE vocabulary with its merges (Sennrich et al. 2016), over bytes as in GPT-2 or over
/// characters as in Llama 2.
///
/// @param vocabulary id of each token; over bytes, tokens are spelled as [ByteLevel] does
/// @param merges pairs of tokens, the first goes first; only these are ever applied
/// @param unknownToken token for what the vocabulary lacks; `null` to leave it out
/// @param options how pieces begin
public record BpeModel(
        Map<String, Integer> vocabulary,
        List<Merge> merges,
        @Nullable String unknownToken,
        Options options)
        implements Model {
    /// What a piece is before it is merged.
    ///
    /// @param wholePiecesFirst whether a piece that is a token becomes that token even where the
    ///   merges would not make it (`ignore_merges`, Llama 3)
    /// @param fuseUnknown whether neighbours that the vocabulary lacks become one unknown token
    /// @param byteFallback whether a character that the vocabulary lacks becomes the tokens of its
    ///   bytes, `<0x00>` to `<0xFF>`
    /// @param continuingPrefix stands before every character but a piece's first, often empty
    /// @param endOfWordSuffix stands after a piece's last character, often empty
    public record Options(
            boolean wholePiecesFirst,
            boolean fuseUnknown,
            boolean byteFallback,
            String continuingPrefix,
            String endOfWordSuffix) {
        /// None of these.
        public static final Options PLAIN = new Options(false, false, false, "", "");

        /// Whole pieces first, nothing else.
        public static final Options WHOLE_PIECES = new Options(true, false, false, "", "");
    }

    /// Two tokens that become one.
    public record Merge(String left, String right) {
        /// The token that a pair becomes.
        ///
        /// @param continuingPrefix what the right token loses
        public String merged(String continuingPrefix) {
            return left
                    + (right.startsWith(continuingPrefix)
                            ? right.substring(continuingPrefix.length())
                            : right);
        }
    }

    /// @throws IllegalArgumentException if ids are doubled or out of range, or a merge needs a
    ///   token that is not there
    public BpeModel {
        vocabulary = Map.copyOf(vocabulary);
        merges = List.copyOf(merges);
        Model.requireIds(vocabulary);
        for (int rank = 0; rank < merges.size(); rank++) {
            Merge merge = merges.get(rank);
            requireToken(vocabulary, merge.left(), rank);
            requireToken(vocabulary, merge.right(), rank);
            requireToken(vocabulary, merge.merged(options.continuingPrefix()), rank);
        }
        if (unknownToken != null && !vocabulary.containsKey(unknownToken)) {
            throw new IllegalArgumentException(
                    "unknown token \"%s\" is not in the vocabulary".formatted(unknownToken));
        }
    }

    private static void requireToken(Map<String, Integer> vocabulary, String token, int rank) {
        if (!vocabulary.containsKey(token)) {
            throw new IllegalArgumentException(
                    "merge %d needs the token \"%s\", which is not in the vocabulary"
                            .formatted(rank, token));
        }
    }

    /// @throws IllegalArgumentException if merges make a token that plain text never becomes, or
    ///   the options do not go with bytes
    @Override
    public Encoders encoders(boolean byteLevel, Set<Integer> never) {
        for (Merge merge : merges) {
            String merged = merge.merged(options.continuingPrefix());
            if (never.contains(vocabulary.get(merged))) {
                throw new IllegalArgumentException(
                        "merges make the special token \"%s\" out of plain text; choose another text for it"
                                .formatted(merged));
            }
        }
        if (!byteLevel) {
            return new CharacterTables(this, never);
        }
        if (!options.continuingPrefix().isEmpty() || !options.endOfWordSuffix().isEmpty()) {
            throw new IllegalArgumentException(
                    "continuing_subword_prefix and end_of_word_suffix are not supported over bytes");
        }
        // Only where a byte has no token do these settings tell what becomes of it.
        if ((options.fuseUnknown() || options.byteFallback()) && !missingBytes().isEmpty()) {
            throw new IllegalArgumentException(
                    "model.%s true is not supported over bytes, of which the vocabulary lacks %s"
                            .formatted(
                                    options.fuseUnknown() ? "fuse_unk" : "byte_fallback",
                                    missingBytes()));
        }
        return new ByteTables(this, never);
    }

    MergeTable mergeTable() {
        MergeTable table = new MergeTable(merges.size());
        for (Merge merge : merges) {
            table.add(
                    id(merge.left()),
                    id(merge.right()),
                    id(merge.merged(options.continuingPrefix())));
        }
        return table;
    }

    /// Id of each byte of a byte-level vocabulary; that of the unknown token, or -1, for bytes that
    /// it lacks.
    int[] byteIds() {
        int[] ids = new int[256];
        for (int value = 0; value < ids.length; value++) {
            ids[value] =
                    vocabulary.getOrDefault(
                            String.valueOf(ByteLevel.character(value)), unknownId());
        }
        return ids;
    }

    /// Id of the unknown token; -1 if there is none.
    int unknownId() {
        return unknownToken == null ? -1 : id(unknownToken);
    }

    /// The bytes without a token of their own in a byte-level vocabulary, ascending.
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
