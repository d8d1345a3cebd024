package dev.gyre.tokenizer.bpe;

import dev.gyre.tokenizer.pipeline.Model;
import dev.gyre.tokenizer.text.ByteLevel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A BPE vocabulary with its merges (Sennrich et al. 2016), over bytes as in GPT-2 or over
/// characters as in Llama 2.
public final class BpeModel implements Model {
    private final @Nullable String unknownToken;
    private final Options options;
    private final BpeTokens tokens;

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

    /// @param vocabulary id of each token; over bytes, tokens are spelled as [ByteLevel] does
    /// @param merges pairs of tokens, the first goes first; only these are ever applied
    /// @param unknownToken token for what the vocabulary lacks; `null` to leave it out
    /// @param options how pieces begin
    /// @throws IllegalArgumentException if ids are doubled or out of range, or a merge needs a
    ///   token that is not there
    public BpeModel(
            Map<String, Integer> vocabulary,
            List<Merge> merges,
            @Nullable String unknownToken,
            Options options) {
        this.unknownToken = unknownToken;
        this.options = options;
        tokens = new ListedTokens(vocabulary, merges, options.continuingPrefix());
        if (unknownToken != null && tokens.idOf(unknownToken) < 0) {
            throw new IllegalArgumentException(
                    "unknown token \"%s\" is not in the vocabulary".formatted(unknownToken));
        }
    }

    /// The model of tokens that were learnt in the order of their ids.
    BpeModel(RankedTokens tokens) {
        this.tokens = tokens;
        unknownToken = null;
        options = Options.WHOLE_PIECES;
    }

    /// Id of each token; over bytes, tokens are spelled as [ByteLevel] does.
    @Override
    public Map<String, Integer> vocabulary() {
        return tokens.vocabulary();
    }

    /// Pairs of tokens, the first goes first; only these are ever applied.
    public List<Merge> merges() {
        return tokens.merges();
    }

    /// Token for what the vocabulary lacks; `null` to leave it out.
    public @Nullable String unknownToken() {
        return unknownToken;
    }

    /// How pieces begin.
    public Options options() {
        return options;
    }

    @Override
    public Tokens tokensById() {
        return tokens;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof BpeModel model
                && Objects.equals(unknownToken, model.unknownToken)
                && options.equals(model.options)
                && vocabulary().equals(model.vocabulary())
                && merges().equals(model.merges());
    }

    @Override
    public int hashCode() {
        return Objects.hash(vocabulary(), options);
    }

    /// @throws IllegalArgumentException if merges make a token that plain text never becomes, or
    ///   the options do not go with bytes
    @Override
    public Encoders encoders(boolean byteLevel, Set<Integer> never) {
        MergeTable merges = tokens.mergeTable();
        int special = merges.firstToMakeAny(never);
        if (special != MergeTable.NONE) {
            throw new IllegalArgumentException(
                    "merges make the special token \"%s\" out of plain text; choose another text for it"
                            .formatted(tokens.spelled(merges.merged(special))));
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
        return tokens instanceof RankedTokens ranked
                ? new ByteTables(ranked)
                : new ByteTables(this, never);
    }

    MergeTable mergeTable() {
        return tokens.mergeTable();
    }

    /// Id of each byte of a byte-level vocabulary; that of the unknown token, or -1, for bytes that
    /// it lacks.
    int[] byteIds() {
        int[] ids = new int[256];
        for (int value = 0; value < ids.length; value++) {
            int id = tokens.idOf(String.valueOf(ByteLevel.character(value)));
            ids[value] = id >= 0 ? id : unknownId();
        }
        return ids;
    }

    /// Id of the unknown token; -1 if there is none.
    int unknownId() {
        return unknownToken == null ? -1 : tokens.idOf(unknownToken);
    }

    /// The bytes without a token of their own in a byte-level vocabulary, ascending.
    public List<Integer> missingBytes() {
        List<Integer> missing = new ArrayList<>();
        for (int value = 0; value < 256; value++) {
            if (tokens.idOf(String.valueOf(ByteLevel.character(value))) < 0) {
                missing.add(value);
            }
        }
        return missing;
    }
}
