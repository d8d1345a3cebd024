package dev.gyre.tokenizer.pipeline;

import dev.gyre.tokenizer.split.SplitPattern;
import dev.gyre.tokenizer.text.AlignedText;
import dev.gyre.tokenizer.text.CharacterClasses;
import dev.gyre.tokenizer.text.CharacterSet;
import dev.gyre.tokenizer.text.Utf8;
import java.util.List;

/// Cuts normalised text into the pieces that the model never crosses. Each kind does what the type
/// of the same name in tokenizer.json does.
public sealed interface PreTokenizer {
    /// Cuts nothing.
    PreTokenizer NONE = new Sequence(List.of());

    /// Cuts every piece further.
    ///
    /// @param atStart whether the pieces begin where the text as given begins
    void split(Pieces pieces, boolean atStart);

    /// One after another.
    record Sequence(List<PreTokenizer> steps) implements PreTokenizer {
        public Sequence {
            steps = List.copyOf(steps);
        }

        @Override
        public void split(Pieces pieces, boolean atStart) {
            for (PreTokenizer step : steps) {
                step.split(pieces, atStart);
            }
        }
    }

    /// GPT-2's: the model works on bytes; text may be cut by GPT-2's pattern first.
    ///
    /// @param addPrefixSpace whether a blank is put before a piece that does not begin with one
    /// @param splits whether GPT-2's pattern cuts
    /// @param trimOffsets what the file says; only offsets of the post-processor of this name count
    record ByteLevel(boolean addPrefixSpace, boolean splits, boolean trimOffsets)
            implements PreTokenizer {
        @Override
        public void split(Pieces pieces, boolean atStart) {
            if (addPrefixSpace) {
                prepend(pieces, ' ', false, Metaspace.Prefix.ALWAYS, atStart);
            }
            if (splits) {
                new Pattern(SplitPattern.GPT2, Delimiter.ISOLATED, false).split(pieces, atStart);
            }
        }
    }

    /// One of the patterns that are known.
    ///
    /// @param inverted whether the text is cut at what the pattern does not match: nothing, since
    ///   the patterns match every character
    record Pattern(SplitPattern pattern, Delimiter delimiter, boolean inverted)
            implements PreTokenizer {
        @Override
        public void split(Pieces pieces, boolean atStart) {
            byte[] text = pieces.bytes();
            for (int i = 0; i < pieces.count(); i++) {
                Delimiter.Splitter splitter = new Delimiter.Splitter(delimiter, pieces);
                int end = pieces.end(i);
                for (int at = pieces.start(i); at < end; ) {
                    int next = pattern.scanner().pieceEnd(text, at, end);
                    splitter.add(at, next, !inverted);
                    at = next;
                }
                splitter.finish();
            }
            pieces.advance();
        }
    }

    /// At every place where a string or a run of one kind stands.
    record Split(TextPattern pattern, Delimiter delimiter, boolean inverted)
            implements PreTokenizer {
        @Override
        public void split(Pieces pieces, boolean atStart) {
            byte[] text = pieces.bytes();
            for (int i = 0; i < pieces.count(); i++) {
                Delimiter.Splitter splitter = new Delimiter.Splitter(delimiter, pieces);
                int end = pieces.end(i);
                int start = pieces.start(i);
                int at = start;
                for (int found = pattern.find(text, start, at, end);
                        found >= 0;
                        found = pattern.find(text, start, at, end)) {
                    splitter.add(at, found, inverted);
                    at = pattern.matchEnd(text, start, found, end);
                    splitter.add(found, at, !inverted);
                }
                splitter.add(at, end, inverted);
                splitter.finish();
            }
            pieces.advance();
        }
    }

    /// At every number.
    ///
    /// @param individually whether each stands alone
    record Digits(boolean individually) implements PreTokenizer {
        @Override
        public void split(Pieces pieces, boolean atStart) {
            splitAt(
                    pieces,
                    individually ? Delimiter.ISOLATED : Delimiter.CONTIGUOUS,
                    CharacterSet.NUMERIC::contains);
        }
    }

    /// At every punctuation character.
    record Punctuation(Delimiter delimiter) implements PreTokenizer {
        @Override
        public void split(Pieces pieces, boolean atStart) {
            splitAt(pieces, delimiter, PreTokenizer::isPunctuation);
        }
    }

    /// `\w+|[^\w\s]+`: words and runs of other characters; whitespace is dropped.
    record Whitespace() implements PreTokenizer {
        @Override
        public void split(Pieces pieces, boolean atStart) {
            byte[] text = pieces.bytes();
            for (int i = 0; i < pieces.count(); i++) {
                int end = pieces.end(i);
                int kindBefore = SPACE;
                int pieceStart = pieces.start(i);
                for (int at = pieceStart; at < end; at += Utf8.size(text[at])) {
                    int kind = kind(Utf8.codePointAt(text, at));
                    if (kind != kindBefore) {
                        if (kindBefore != SPACE) {
                            pieces.keep(pieceStart, at);
                        }
                        pieceStart = at;
                        kindBefore = kind;
                    }
                }
                if (kindBefore != SPACE) {
                    pieces.keep(pieceStart, end);
                }
            }
            pieces.advance();
        }

        private static final int SPACE = 0;

        private static int kind(int point) {
            return isSpace(point) ? SPACE : CharacterSet.WORD.contains(point) ? 1 : 2;
        }
    }

    /// At whitespace, which is dropped.
    record WhitespaceSplit() implements PreTokenizer {
        @Override
        public void split(Pieces pieces, boolean atStart) {
            splitAt(pieces, Delimiter.REMOVED, PreTokenizer::isSpace);
        }
    }

    /// BERT's: whitespace is dropped, every punctuation character stands alone.
    record Bert() implements PreTokenizer {
        @Override
        public void split(Pieces pieces, boolean atStart) {
            byte[] text = pieces.bytes();
            for (int i = 0; i < pieces.count(); i++) {
                int end = pieces.end(i);
                int wordStart = pieces.start(i);
                for (int at = wordStart; at < end; ) {
                    int point = Utf8.codePointAt(text, at);
                    int next = at + Utf8.size(text[at]);
                    boolean space = isSpace(point);
                    if (space || isPunctuation(point)) {
                        pieces.keep(wordStart, at);
                        if (!space) {
                            pieces.keep(at, next);
                        }
                        wordStart = next;
                    }
                    at = next;
                }
                pieces.keep(wordStart, end);
            }
            pieces.advance();
        }
    }

    /// At one character, which is dropped.
    record CharacterDelimiter(int delimiter) implements PreTokenizer {
        @Override
        public void split(Pieces pieces, boolean atStart) {
            splitAt(pieces, Delimiter.REMOVED, point -> point == delimiter);
        }
    }

    /// SentencePiece's way: blanks become a visible character that begins a word.
    ///
    /// @param replacement the character in place of a blank, mostly `▁`
    /// @param prefix when one is put before the text
    /// @param splits whether the text is cut before each
    record Metaspace(int replacement, Prefix prefix, boolean splits) implements PreTokenizer {
        /// When a replacement character is put before the text.
        public enum Prefix {
            /// Before every piece.
            ALWAYS,
            /// Only where the text as given begins.
            FIRST,
            /// Never.
            NEVER
        }

        @Override
        public void split(Pieces pieces, boolean atStart) {
            prepend(pieces, replacement, true, prefix, atStart);
            if (!splits) {
                return;
            }
            byte[] text = pieces.bytes();
            for (int i = 0; i < pieces.count(); i++) {
                int end = pieces.end(i);
                int wordStart = pieces.start(i);
                for (int at = wordStart; at < end; at += Utf8.size(text[at])) {
                    if (at > wordStart && Utf8.codePointAt(text, at) == replacement) {
                        pieces.keep(wordStart, at);
                        wordStart = at;
                    }
                }
                pieces.keep(wordStart, end);
            }
            pieces.advance();
        }
    }

    /// A question about a character.
    interface CharacterTest {
        boolean test(int codePoint);
    }

    private static void splitAt(Pieces pieces, Delimiter delimiter, CharacterTest test) {
        byte[] text = pieces.bytes();
        for (int i = 0; i < pieces.count(); i++) {
            Delimiter.Splitter splitter = new Delimiter.Splitter(delimiter, pieces);
            int end = pieces.end(i);
            int plainStart = pieces.start(i);
            for (int at = plainStart; at < end; ) {
                int next = at + Utf8.size(text[at]);
                if (test.test(Utf8.codePointAt(text, at))) {
                    splitter.add(plainStart, at, false);
                    splitter.add(at, next, true);
                    plainStart = next;
                }
                at = next;
            }
            splitter.add(plainStart, end, false);
            splitter.finish();
        }
        pieces.advance();
    }

    /// Puts a character before every piece that does not begin with it.
    ///
    /// @param forBlanks whether it takes the place of blanks, too
    /// @param prefix before which pieces it is put
    private static void prepend(
            Pieces pieces,
            int character,
            boolean forBlanks,
            Metaspace.Prefix prefix,
            boolean atStart) {
        byte[] text = pieces.bytes();
        AlignedText.Builder out = pieces.text().change();
        for (int i = 0; i < pieces.count(); i++) {
            int start = pieces.start(i);
            int end = pieces.end(i);
            int first = Utf8.codePointAt(text, start);
            int pieceStart = out.length();
            boolean begins = first == character || forBlanks && first == ' ';
            boolean wanted =
                    prefix == Metaspace.Prefix.ALWAYS
                            || prefix == Metaspace.Prefix.FIRST && atStart && start == 0;
            if (wanted && !begins) {
                out.replace(character, start);
            }
            int copied = start;
            for (int at = start; forBlanks && at < end; at++) {
                if (text[at] == ' ') {
                    out.copy(copied, at);
                    out.insert(character, at + 1);
                    copied = at + 1;
                }
            }
            out.copy(copied, end);
            pieces.keep(pieceStart, out.length());
        }
        pieces.advance(out.done());
    }

    private static boolean isSpace(int point) {
        return CharacterClasses.isSpace(CharacterClasses.of(point));
    }

    private static boolean isPunctuation(int point) {
        return point < 0x80
                ? point > ' ' && point < 0x7F && !Character.isLetterOrDigit(point)
                : CharacterSet.PUNCTUATION.contains(point);
    }
}
