package dev.gyre.tokenizer;

import dev.gyre.tokenizer.pipeline.AddedToken;
import dev.gyre.tokenizer.pipeline.Normalizer;
import dev.gyre.tokenizer.pipeline.PieceSplitter;
import dev.gyre.tokenizer.pipeline.PreTokenizer;
import dev.gyre.tokenizer.pipeline.TokenizerDefinition;
import dev.gyre.tokenizer.text.CharacterClasses;
import dev.gyre.tokenizer.text.NormalForm;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Places where a text may be cut: its parts, encoded one by one, give the ids of the whole.
///
/// Whether a place is one depends on the two characters around it alone, so that it stays one
/// whatever is put before or behind the text. A cut before a blank that follows another character
/// is right for every pattern, since a blank only ever begins a piece and nothing looks back over
/// it. A cut between a letter or digit and a symbol is right, too, where no pattern has both in one
/// piece: all but contractions. Vocabularies that see the whole text at once (SentencePiece without
/// a pre-tokenizer) have no such places.
final class SafeCuts {
    private enum Kind {
        /// Nowhere.
        NONE,
        /// Before blanks.
        BLANKS,
        /// Before blanks and, in scripts that no normal form touches, before symbols.
        PLAIN_SYMBOLS,
        /// Before blanks and symbols.
        SYMBOLS
    }

    private final Kind kind;
    private final boolean pattern;

    /// Characters that an added token has behind its first: before these none is cut.
    private final Set<Integer> insideAddedTokens = new HashSet<>();

    SafeCuts(TokenizerDefinition definition) {
        pattern = PieceSplitter.patternOf(definition.preTokenizer()) != null;
        Kind most = pattern ? kindOf(definition.normalizer()) : wordsKindOf(definition);
        boolean blanks = true;
        for (AddedToken token : definition.addedTokens()) {
            addInside(token.content());
            addInside(definition.normalizer().apply(token.content()));
            blanks &= !token.stripsRight();
            if (token.singleWord() && most != Kind.NONE) {
                most = Kind.BLANKS;
            }
        }
        kind = blanks && !insideAddedTokens.contains((int) ' ') ? most : Kind.NONE;
    }

    private void addInside(String content) {
        content.codePoints().skip(1).forEach(insideAddedTokens::add);
    }

    private static Kind kindOf(Normalizer normalizer) {
        if (!normalizer.changesText()) {
            return Kind.SYMBOLS;
        }
        return normalizer.equals(new Normalizer.Unicode(NormalForm.NFC))
                ? Kind.PLAIN_SYMBOLS
                : Kind.NONE;
    }

    /// Blanks are places where words are cut apart first of all.
    private static Kind wordsKindOf(TokenizerDefinition definition) {
        PreTokenizer first = definition.preTokenizer();
        while (first instanceof PreTokenizer.Sequence(List<PreTokenizer> steps)
                && !steps.isEmpty()) {
            first = steps.getFirst();
        }
        boolean apart =
                first instanceof PreTokenizer.Bert
                        || first instanceof PreTokenizer.Whitespace
                        || first instanceof PreTokenizer.WhitespaceSplit
                        || first instanceof PreTokenizer.Metaspace(int _, var _, boolean splits)
                                && splits;
        return apart && goesByCharacters(definition.normalizer()) ? Kind.BLANKS : Kind.NONE;
    }

    /// Whether what becomes of a blank and what follows does not depend on what precedes.
    private static boolean goesByCharacters(Normalizer normalizer) {
        return switch (normalizer) {
            case Normalizer.Sequence(List<Normalizer> steps) ->
                    steps.stream().allMatch(SafeCuts::goesByCharacters);
            case Normalizer.Unicode _,
                    Normalizer.Lowercase _,
                    Normalizer.StripAccents _,
                    Normalizer.Precompiled _,
                    Normalizer.Bert _ ->
                    true;
            default -> false;
        };
    }

    /// Whether there are any such places in any text.
    boolean any() {
        return kind != Kind.NONE;
    }

    /// Whether a text may be cut before a character of it.
    ///
    /// @param index from 1 to the text's length less one
    boolean at(CharSequence text, int index) {
        char next = text.charAt(index);
        boolean torn = Character.isHighSurrogate(next) && index + 1 == text.length();
        if (kind == Kind.NONE
                || torn
                || Character.isLetter(next)
                || Character.isLowSurrogate(next)) {
            return false;
        }
        int before = Character.codePointBefore(text, index);
        if (next == ' ') {
            return !CharacterClasses.isSpace(CharacterClasses.of(before))
                    && (pattern || !joinsWhatFollows(before));
        }
        return kind != Kind.BLANKS && beforeSymbol(before, Character.codePointAt(text, index));
    }

    private boolean beforeSymbol(int before, int next) {
        int kindBefore = CharacterClasses.of(before);
        boolean plain = next < 0x80 && (before < 0x80 || before >= 0x3041 && before <= 0xD7A3);
        return (kind == Kind.SYMBOLS || plain)
                && next != '\''
                && (CharacterClasses.isLetter(kindBefore) || kindBefore == CharacterClasses.NUMBER)
                && CharacterClasses.of(next) == CharacterClasses.OTHER
                && Character.isDefined(next)
                && !insideAddedTokens.contains(next);
    }

    /// Whether a character may be of one grapheme with the blank behind it (UAX 29, GB9b), which
    /// SentencePiece's map looks up as one. All those that do lie in these ranges.
    private static boolean joinsWhatFollows(int before) {
        return before >= 0x600 && before <= 0xD4E || before > 0xD7FF;
    }

    /// The last such place between two indexes.
    ///
    /// @param from at least 1; the first place that counts
    /// @param to the place behind the last that counts, at most the text's length
    /// @return -1 if there is none
    int last(CharSequence text, int from, int to) {
        for (int index = to - 1; index >= from && any(); index--) {
            if (at(text, index)) {
                return index;
            }
        }
        return -1;
    }
}
