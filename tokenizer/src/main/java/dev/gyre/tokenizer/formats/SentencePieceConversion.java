package dev.gyre.tokenizer.formats;

import dev.gyre.tokenizer.bpe.BpeModel;
import dev.gyre.tokenizer.bpe.BpeModel.Merge;
import dev.gyre.tokenizer.pipeline.AddedToken;
import dev.gyre.tokenizer.pipeline.Decoder;
import dev.gyre.tokenizer.pipeline.Model;
import dev.gyre.tokenizer.pipeline.Normalizer;
import dev.gyre.tokenizer.pipeline.PreTokenizer;
import dev.gyre.tokenizer.pipeline.TextPattern;
import dev.gyre.tokenizer.pipeline.TokenizerDefinition;
import dev.gyre.tokenizer.sentencepiece.SentencePieceModel;
import dev.gyre.tokenizer.sentencepiece.SentencePieceModel.Piece;
import dev.gyre.tokenizer.sentencepiece.SentencePieceModel.Type;
import dev.gyre.tokenizer.split.RegexProgram;
import dev.gyre.tokenizer.text.Charsmap;
import dev.gyre.tokenizer.unigram.UnigramModel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A tokenizer of SentencePiece in the terms of tokenizer.json: the same normalizer step by step,
/// and for BPE the merges that the scores stand for, in the order that transformers gives them.
///
/// Ids are those of SentencePiece on plain text, but for what Hugging Face tokenizers itself does
/// otherwise: it adds scores of Unigram in 64 bits, applies a character map grapheme by grapheme,
/// finds special tokens in any text, and puts the blank before the text also behind a user-defined
/// piece. What cannot be said is refused.
final class SentencePieceConversion {
    private static final char BLANK = '\u2581';

    private final TokenizerDefinition definition;
    private final SentencePieceModel pieces;

    private SentencePieceConversion(TokenizerDefinition definition, SentencePieceModel pieces) {
        this.definition = definition;
        this.pieces = pieces;
    }

    /// @param pieces the definition's model
    /// @throws IllegalArgumentException if tokenizer.json cannot say it
    static TokenizerDefinition convert(TokenizerDefinition definition, SentencePieceModel pieces) {
        return new SentencePieceConversion(definition, pieces).convert();
    }

    private TokenizerDefinition convert() {
        for (Piece piece : pieces.pieces()) {
            if (piece.type() == Type.UNUSED) {
                throw refused("the unused piece \"%s\"".formatted(piece.text()));
            }
        }
        Normalizer normalizer = normalizer(pieces.normalizer());
        return new TokenizerDefinition(
                normalizer,
                PreTokenizer.NONE,
                model(),
                addedTokens(normalizer),
                definition.postProcessor(),
                decoder(),
                definition.truncation(),
                definition.padding());
    }

    private static IllegalArgumentException refused(String what) {
        return new IllegalArgumentException(
                "tokenizer.json cannot hold %s; write a .model file".formatted(what));
    }

    private static Normalizer normalizer(Normalizer.SentencePiece rules) {
        if (rules.addsBlank() && rules.blankBehind()) {
            throw refused("a blank put behind every text (treat_whitespace_as_suffix)");
        }
        List<Normalizer> steps = new ArrayList<>();
        Charsmap map = rules.map();
        if (map != null) {
            steps.add(new Normalizer.Precompiled(map));
        }
        String blank = rules.escapesBlanks() ? Character.toString(BLANK) : " ";
        if (rules.removesExtraBlanks()) {
            steps.add(replace("\\A +", ""));
            steps.add(new Normalizer.Replace(new TextPattern.Run(" {2,}", ' ', 2, false), " "));
        }
        if (rules.escapesBlanks()) {
            steps.add(new Normalizer.Replace(new TextPattern.Literal(" "), blank));
        }
        if (rules.removesExtraBlanks()) {
            steps.add(replace(blank + "+\\z", ""));
        }
        if (rules.addsBlank()) {
            steps.add(new Normalizer.Prepend(blank));
        }
        return new Normalizer.Sequence(steps);
    }

    private static Normalizer replace(String regex, String content) {
        return new Normalizer.Replace(new TextPattern.Regex(RegexProgram.of(regex)), content);
    }

    private Model model() {
        return switch (pieces.algorithm()) {
            case UNIGRAM ->
                    new UnigramModel(
                            pieces.pieces().stream()
                                    .map(
                                            piece ->
                                                    new UnigramModel.Token(
                                                            piece.text(), piece.score()))
                                    .toList(),
                            pieces.unknownId(),
                            pieces.byteFallback());
            case BPE ->
                    new BpeModel(
                            pieces.vocabulary(),
                            merges(),
                            pieces.pieces().get(pieces.unknownId()).text(),
                            new BpeModel.Options(false, true, pieces.byteFallback(), "", ""));
            case WORD, CHARACTER ->
                    throw refused("SentencePiece's algorithm " + pieces.algorithm());
        };
    }

    private record Scored(Merge merge, float score) {
        int leftLength() {
            return merge.left().length();
        }

        int rightLength() {
            return merge.right().length();
        }
    }

    /// Every way to put a piece together of two, the pieces with the highest score first; of equal
    /// ones the longest left part, so that runs of blanks, which share a score in Llama's and
    /// Mistral's vocabularies, grow from the left as they do by scores.
    private List<Merge> merges() {
        Map<String, Type> types = new HashMap<>();
        pieces.pieces().forEach(piece -> types.put(piece.text(), piece.type()));
        List<Scored> merges = new ArrayList<>();
        for (Piece piece : pieces.pieces()) {
            if (piece.type() != Type.NORMAL) {
                continue;
            }
            String text = piece.text();
            for (int at = text.offsetByCodePoints(0, 1);
                    at < text.length();
                    at = text.offsetByCodePoints(at, 1)) {
                String left = text.substring(0, at);
                String right = text.substring(at);
                if (isSymbol(left, types) && isSymbol(right, types)) {
                    merges.add(new Scored(new Merge(left, right), piece.score()));
                }
            }
        }
        merges.sort(
                Comparator.comparingDouble(Scored::score)
                        .thenComparingInt(Scored::leftLength)
                        .thenComparingInt(Scored::rightLength)
                        .reversed());
        return merges.stream().map(Scored::merge).toList();
    }

    /// Whether text may stand there to be merged: user-defined pieces never are.
    private static boolean isSymbol(String text, Map<String, Type> types) {
        Type type = types.get(text);
        if (type == null && text.codePointCount(0, text.length()) == 1) {
            throw refused("pieces with the character \"%s\", which is no piece".formatted(text));
        }
        return type == Type.NORMAL;
    }

    /// Control pieces, which the definition has, and those that users defined.
    private List<AddedToken> addedTokens(Normalizer normalizer) {
        List<AddedToken> added = new ArrayList<>(definition.addedTokens());
        for (int id = 0; id < pieces.pieces().size(); id++) {
            Piece piece = pieces.pieces().get(id);
            if (piece.type() == Type.USER_DEFINED) {
                added.add(userDefined(id, piece.text(), normalizer));
            }
        }
        return added;
    }

    private AddedToken userDefined(int id, String text, Normalizer normalizer) {
        // such a token is looked for as what it is normalised to, which has the blank of its own
        boolean inNormalText = !pieces.normalizer().addsBlank();
        if (inNormalText ? !normalizer.apply(text).equals(text) : text.indexOf(BLANK) >= 0) {
            throw refused("the user-defined piece \"%s\", which is changed".formatted(text));
        }
        return new AddedToken(id, text, false, inNormalText);
    }

    private Decoder decoder() {
        List<Decoder.Step> steps = new ArrayList<>();
        String unknown = pieces.pieces().get(pieces.unknownId()).text();
        steps.add(new Decoder.Replace(unknown, pieces.unknownSurface()));
        if (pieces.normalizer().escapesBlanks()) {
            steps.add(new Decoder.Replace(Character.toString(BLANK), " "));
        }
        if (pieces.byteFallback()) {
            steps.add(new Decoder.ByteFallback());
        }
        steps.add(new Decoder.Fuse());
        if (pieces.normalizer().addsBlank()) {
            steps.add(new Decoder.Strip(' ', 1, 0));
        }
        return new Decoder(steps);
    }
}
