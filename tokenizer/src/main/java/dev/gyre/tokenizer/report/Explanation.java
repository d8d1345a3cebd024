package dev.gyre.tokenizer.report;

import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.bpe.BpeModel;
import dev.gyre.tokenizer.pipeline.PieceSplitter;
import dev.gyre.tokenizer.pipeline.TokenizerDefinition;
import dev.gyre.tokenizer.text.ByteLevel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/// How a text becomes tokens, step by step.
///
/// @param normalized the text as the normalizer leaves it
/// @param pieces what it is cut into, each with the merges that make its tokens
/// @param tokens the tokens of the whole text
public record Explanation(String normalized, List<Piece> pieces, List<Token> tokens) {
    /// Most merges that are shown for one piece.
    public static final int MOST_STEPS = 200;

    /// Longer pieces are shown without their merges: each has as many symbols as the piece has
    /// left.
    static final int MOST_SYMBOLS = 400;

    /// A stretch of text that the model never crosses.
    ///
    /// @param text as the vocabulary spells it
    /// @param symbols what merging starts from; empty for vocabularies without merges
    /// @param steps merges in order, at most [#MOST_STEPS]
    /// @param more merges that are not shown; -1 where the piece is too long to show any
    public record Piece(String text, List<String> symbols, List<Step> steps, int more) {}

    /// A merge.
    ///
    /// @param rank place among the merges of the vocabulary, 0 for the first that was learned
    /// @param left the first of the pair
    /// @param right the second of the pair
    /// @param after all symbols of the piece after it
    public record Step(int rank, String left, String right, List<String> after) {}

    /// A token of the result.
    ///
    /// @param id its id
    /// @param spelled as the vocabulary spells it
    /// @param bytes its bytes as hexadecimal digits
    /// @param wholeCharacters whether these are whole characters
    public record Token(int id, String spelled, String bytes, boolean wholeCharacters) {}

    /// Explains a text in which special tokens are plain text.
    public static Explanation of(Tokenizer tokenizer, String text) {
        TokenizerDefinition definition = tokenizer.definition();
        String normalized = definition.normalizer().apply(text);
        List<Piece> pieces = new ArrayList<>();
        boolean bytes = definition.isByteLevel();
        Map<BpeModel.Merge, Integer> ranks = new HashMap<>();
        if (definition.model() instanceof BpeModel bpe) {
            for (int rank = 0; rank < bpe.merges().size(); rank++) {
                ranks.put(bpe.merges().get(rank), rank);
            }
        }
        for (String piece : new PieceSplitter(definition.preTokenizer()).pieces(normalized)) {
            String spelled =
                    bytes ? ByteLevel.spell(piece.getBytes(StandardCharsets.UTF_8)) : piece;
            pieces.add(
                    definition.model() instanceof BpeModel bpe
                            ? merge(bpe, ranks, spelled, bytes)
                            : new Piece(spelled, List.of(), List.of(), 0));
        }
        List<Token> tokens = new ArrayList<>();
        for (int id : tokenizer.encode(text)) {
            byte[] raw = tokenizer.tokenBytes(id);
            boolean whole =
                    Arrays.equals(
                            new String(raw, StandardCharsets.UTF_8)
                                    .getBytes(StandardCharsets.UTF_8),
                            raw);
            tokens.add(new Token(id, tokenizer.token(id), HexFormat.of().formatHex(raw), whole));
        }
        return new Explanation(normalized, pieces, tokens);
    }

    private static Piece merge(
            BpeModel bpe, Map<BpeModel.Merge, Integer> ranks, String piece, boolean bytes) {
        BpeModel.Options options = bpe.options();
        List<String> symbols = new ArrayList<>();
        int[] points = piece.codePoints().toArray();
        for (int i = 0; i < points.length; i++) {
            String symbol =
                    (i > 0 ? options.continuingPrefix() : "")
                            + Character.toString(points[i])
                            + (i + 1 == points.length ? options.endOfWordSuffix() : "");
            if (bpe.vocabulary().containsKey(symbol)) {
                symbols.add(symbol);
            } else if (!bytes && options.byteFallback()) {
                for (byte value : Character.toString(points[i]).getBytes(StandardCharsets.UTF_8)) {
                    symbols.add("<0x%02X>".formatted(value & 0xFF));
                }
            } else if (bpe.unknownToken() != null) {
                symbols.add(bpe.unknownToken());
            }
        }
        List<String> start = List.copyOf(symbols);
        if (options.wholePiecesFirst() && bpe.vocabulary().containsKey(piece)) {
            return new Piece(piece, List.of(piece), List.of(), 0);
        }
        if (symbols.size() > MOST_SYMBOLS) {
            return new Piece(piece, start.subList(0, MOST_SYMBOLS), List.of(), -1);
        }
        List<Step> steps = new ArrayList<>();
        int more = 0;
        while (true) {
            int best = -1;
            int bestRank = Integer.MAX_VALUE;
            for (int i = 0; i + 1 < symbols.size(); i++) {
                int rank =
                        ranks.getOrDefault(
                                new BpeModel.Merge(symbols.get(i), symbols.get(i + 1)),
                                Integer.MAX_VALUE);
                if (rank < bestRank) {
                    bestRank = rank;
                    best = i;
                }
            }
            if (best < 0) {
                return new Piece(piece, start, steps, more);
            }
            BpeModel.Merge pair = bpe.merges().get(bestRank);
            symbols.set(best, pair.merged(options.continuingPrefix()));
            symbols.remove(best + 1);
            if (steps.size() < MOST_STEPS) {
                steps.add(new Step(bestRank, pair.left(), pair.right(), List.copyOf(symbols)));
            } else {
                more++;
            }
        }
    }

    /// For people to read.
    public String text() {
        StringBuilder text = new StringBuilder();
        for (Piece piece : pieces) {
            text.append("piece \"").append(piece.text()).append("\"\n");
            if (!piece.symbols().isEmpty()) {
                text.append("  start  ").append(String.join(" ", piece.symbols())).append('\n');
            }
            for (Step step : piece.steps()) {
                text.append(
                        "  rank %d: %s + %s  →  %s%n"
                                .formatted(
                                        step.rank(),
                                        step.left(),
                                        step.right(),
                                        String.join(" ", step.after())));
            }
            if (piece.more() < 0) {
                text.append("  … too long to show its merges\n");
            }
            if (piece.more() > 0) {
                text.append("  … and %d merges more%n".formatted(piece.more()));
            }
        }
        text.append("tokens\n");
        for (Token token : tokens) {
            text.append(
                    "  %7d  %s  %s%s%n"
                            .formatted(
                                    token.id(),
                                    token.spelled(),
                                    token.bytes(),
                                    token.wholeCharacters() ? "" : "  (part of a character)"));
        }
        return text.toString();
    }
}
