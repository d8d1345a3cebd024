package dev.gyre.tokenizer.report;

import dev.gyre.tokenizer.Encoding;
import dev.gyre.tokenizer.SpecialTokens;
import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.bpe.BpeModel;
import dev.gyre.tokenizer.pipeline.AddedToken;
import dev.gyre.tokenizer.pipeline.PieceSplitter;
import dev.gyre.tokenizer.pipeline.TokenizerDefinition;
import dev.gyre.tokenizer.text.ByteLevel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// How a text becomes tokens, step by step.
///
/// @param normalized the text as the normalizer leaves it
/// @param pieces what it is cut into, each with the steps that make its tokens
/// @param tokens the tokens of the whole text
public record Explanation(String normalized, List<Piece> pieces, List<Token> tokens) {
    /// Most merges, and most choices, that are shown for one piece.
    public static final int MOST_STEPS = 200;

    /// Most symbols that are shown at once; where there are more, the last one shown is `…`.
    public static final int MOST_SYMBOLS = 256;

    /// A stretch of text that the model never crosses, or an added token.
    ///
    /// @param text as the vocabulary spells it
    /// @param symbols what merging starts from; empty for vocabularies without merges
    /// @param steps merges in order, at most [#MOST_STEPS]
    /// @param choices for other vocabularies the tokens chosen, in order, at most [#MOST_STEPS]:
    ///   WordPiece's longest matches, Unigram's best path
    /// @param more merges or choices that are not shown
    public record Piece(
            String text, List<String> symbols, List<Step> steps, List<Choice> choices, int more) {}

    /// A merge.
    ///
    /// @param rank place among the merges of the vocabulary, 0 for the first that was learned
    /// @param left the first of the pair
    /// @param right the second of the pair
    /// @param after the symbols of the piece after it
    public record Step(int rank, String left, String right, List<String> after) {}

    /// A token that was chosen.
    ///
    /// @param id its id
    /// @param token as the vocabulary spells it
    /// @param score what it adds to the path's score, whose greatest sum wins; `null` where the
    ///   longest match wins
    public record Choice(int id, String token, @Nullable Double score) {}

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
        Set<Integer> added = new HashSet<>();
        for (AddedToken token : definition.addedTokens()) {
            if (!token.special()) {
                added.add(token.id());
            }
        }
        Encoding encoding = tokenizer.encodeWithOffsets(text, SpecialTokens.AS_TEXT);
        int[] ids = encoding.ids();
        int[] starts = encoding.starts(Encoding.Unit.UTF_16);
        int[] ends = encoding.ends(Encoding.Unit.UTF_16);
        StringBuilder normalized = new StringBuilder();
        List<Piece> pieces = new ArrayList<>();
        PieceExplainer explainer = new PieceExplainer(tokenizer);
        int plainStart = 0;
        for (int i = 0; i <= ids.length; i++) {
            if (i < ids.length && !added.contains(ids[i])) {
                continue;
            }
            int plainEnd = i < ids.length ? Math.max(plainStart, starts[i]) : text.length();
            String plain = definition.normalizer().apply(text.substring(plainStart, plainEnd));
            normalized.append(plain);
            addPieces(definition, plain, plainStart == 0, explainer, pieces);
            if (i < ids.length) {
                String token = tokenizer.token(ids[i]);
                normalized.append(token);
                pieces.add(new Piece(token, List.of(), List.of(), List.of(), 0));
                plainStart = Math.max(plainStart, ends[i]);
            }
        }
        return new Explanation(normalized.toString(), pieces, tokens(tokenizer, ids));
    }

    private static void addPieces(
            TokenizerDefinition definition,
            String normalized,
            boolean atStart,
            PieceExplainer explainer,
            List<Piece> pieces) {
        PieceSplitter splitter = new PieceSplitter(definition.preTokenizer());
        for (String piece : splitter.pieces(normalized, atStart)) {
            pieces.add(
                    definition.model() instanceof BpeModel
                            ? explainer.merges(spell(definition, piece), piece)
                            : explainer.choices(piece));
        }
    }

    private static String spell(TokenizerDefinition definition, String piece) {
        return definition.isByteLevel()
                ? ByteLevel.spell(piece.getBytes(StandardCharsets.UTF_8))
                : piece;
    }

    private static List<Token> tokens(Tokenizer tokenizer, int[] ids) {
        List<Token> tokens = new ArrayList<>();
        for (int id : ids) {
            byte[] raw = tokenizer.tokenBytes(id);
            boolean whole =
                    Arrays.equals(
                            new String(raw, StandardCharsets.UTF_8)
                                    .getBytes(StandardCharsets.UTF_8),
                            raw);
            tokens.add(new Token(id, tokenizer.token(id), HexFormat.of().formatHex(raw), whole));
        }
        return tokens;
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
                        "  rank %d: %s + %s  →  %s\n"
                                .formatted(
                                        step.rank(),
                                        step.left(),
                                        step.right(),
                                        String.join(" ", step.after())));
            }
            for (Choice choice : piece.choices()) {
                text.append("  choose ").append(choice.token());
                if (choice.score() != null) {
                    text.append(String.format(Locale.ROOT, "  score %.4f", choice.score()));
                }
                text.append('\n');
            }
            if (piece.more() > 0) {
                text.append("  … and %d steps more\n".formatted(piece.more()));
            }
        }
        text.append("tokens\n");
        for (Token token : tokens) {
            text.append(
                    "  %7d  %s  %s%s\n"
                            .formatted(
                                    token.id(),
                                    token.spelled(),
                                    token.bytes(),
                                    token.wholeCharacters() ? "" : "  (part of a character)"));
        }
        return text.toString();
    }
}
