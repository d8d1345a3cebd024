package dev.gyre.tokenizer.pipeline;

import dev.gyre.tokenizer.text.AlignedText;
import dev.gyre.tokenizer.text.CharacterClasses;
import dev.gyre.tokenizer.text.CharacterSet;
import dev.gyre.tokenizer.text.Charsmap;
import dev.gyre.tokenizer.text.NormalForm;
import dev.gyre.tokenizer.text.PrefixSet;
import dev.gyre.tokenizer.text.Utf8;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Changes text before it is cut into pieces. Each kind does what the type of the same name in
/// tokenizer.json does, alignment included.
public sealed interface Normalizer {
    /// Changes nothing.
    Normalizer NONE = new Sequence(List.of());

    /// The changed text; the text itself where nothing changes.
    AlignedText apply(AlignedText text);

    /// Whether any text is changed at all.
    default boolean changesText() {
        return true;
    }

    /// Whether text that is ASCII may be changed.
    default boolean changesAscii() {
        return true;
    }

    /// One after another.
    record Sequence(List<Normalizer> steps) implements Normalizer {
        public Sequence {
            steps = List.copyOf(steps);
        }

        @Override
        public boolean changesText() {
            return !steps.isEmpty();
        }

        @Override
        public boolean changesAscii() {
            return steps.stream().anyMatch(Normalizer::changesAscii);
        }

        @Override
        public AlignedText apply(AlignedText text) {
            AlignedText changed = text;
            for (Normalizer step : steps) {
                changed = step.apply(changed);
            }
            return changed;
        }
    }

    /// One of Unicode's normal forms.
    record Unicode(NormalForm form) implements Normalizer {
        @Override
        public boolean changesAscii() {
            return false;
        }

        @Override
        public AlignedText apply(AlignedText text) {
            return form.of(text);
        }
    }

    /// Lower case, character by character.
    record Lowercase() implements Normalizer {
        @Override
        public AlignedText apply(AlignedText text) {
            byte[] bytes = text.bytes();
            AlignedText.Builder out = text.change();
            for (int at = 0; at < text.length(); at += Utf8.size(bytes[at])) {
                lower(Utf8.codePointAt(bytes, at), at, out);
            }
            return out.done();
        }

        static void lower(int codePoint, int at, AlignedText.Builder out) {
            if (codePoint == 0x130) {
                out.replace('i', at);
                out.replace(0x307, at);
            } else {
                out.replace(lower(codePoint), at);
            }
        }

        /// Rust knows Unicode 17, Java 16.
        private static int lower(int codePoint) {
            return switch (codePoint) {
                case 0xA7CE, 0xA7D2, 0xA7D4 -> codePoint + 1;
                default ->
                        codePoint >= 0x16EA0 && codePoint <= 0x16EB8
                                ? codePoint + 0x1B
                                : Character.toLowerCase(codePoint);
            };
        }
    }

    /// Whitespace taken off the ends.
    record Strip(boolean left, boolean right) implements Normalizer {
        @Override
        public AlignedText apply(AlignedText text) {
            byte[] bytes = text.bytes();
            int start = 0;
            int end = text.length();
            while (left && start < end && isSpace(bytes, start)) {
                start += Utf8.size(bytes[start]);
            }
            while (right && end > start && isSpace(bytes, Utf8.before(bytes, end))) {
                end = Utf8.before(bytes, end);
            }
            if (start == 0 && end == text.length()) {
                return text;
            }
            AlignedText.Builder out = text.change();
            out.copy(start, end);
            return out.done();
        }

        private static boolean isSpace(byte[] text, int at) {
            return CharacterClasses.isSpace(CharacterClasses.at(text, at) & 0xFF);
        }
    }

    /// Combining marks taken out.
    record StripAccents() implements Normalizer {
        @Override
        public AlignedText apply(AlignedText text) {
            return without(text, CharacterSet.COMBINING_MARK);
        }
    }

    /// A string, or a run of characters of one kind, replaced.
    ///
    /// @param pattern what is looked for
    /// @param content what is put in its place
    record Replace(TextPattern pattern, String content) implements Normalizer {
        @Override
        public AlignedText apply(AlignedText text) {
            byte[] bytes = text.bytes();
            int[] points = content.codePoints().toArray();
            AlignedText.Builder out = null;
            int copied = 0;
            int at = pattern.find(bytes, 0, 0, text.length());
            while (at >= 0) {
                int end = pattern.matchEnd(bytes, 0, at, text.length());
                out = out == null ? text.change() : out;
                out.copy(copied, at);
                for (int point : points) {
                    out.insert(point, end);
                }
                copied = end;
                at = pattern.find(bytes, 0, end, text.length());
            }
            if (out == null) {
                return text;
            }
            out.copy(copied, text.length());
            return out.done();
        }
    }

    /// A string put before any text that is not empty.
    record Prepend(String content) implements Normalizer {
        @Override
        public AlignedText apply(AlignedText text) {
            if (text.length() == 0) {
                return text;
            }
            AlignedText.Builder out = text.change();
            content.codePoints().forEach(point -> out.replace(point, 0));
            out.copy(0, text.length());
            return out.done();
        }
    }

    /// BERT's: control characters out, blanks around Chinese characters, accents off, lower case.
    record Bert(boolean cleanText, boolean chineseApart, boolean stripAccents, boolean lowercase)
            implements Normalizer {
        @Override
        public AlignedText apply(AlignedText text) {
            AlignedText changed = cleanText || chineseApart ? clean(text) : text;
            if (stripAccents && !Utf8.isAscii(changed.bytes(), 0, changed.length())) {
                changed = without(NormalForm.NFD.of(changed), CharacterSet.NONSPACING_MARK);
            }
            return lowercase ? new Lowercase().apply(changed) : changed;
        }

        private AlignedText clean(AlignedText text) {
            byte[] bytes = text.bytes();
            AlignedText.Builder out = text.change();
            for (int at = 0; at < text.length(); at += Utf8.size(bytes[at])) {
                int point = Utf8.codePointAt(bytes, at);
                if (point > ' ' && point < 0x7F) {
                    out.replace(point, at);
                } else if (cleanText && CharacterSet.BERT_SPACE.contains(point)) {
                    out.replace(' ', at);
                } else if (cleanText && CharacterSet.BERT_REMOVED.contains(point)) {
                    continue;
                } else if (chineseApart && CharacterSet.BERT_CHINESE.contains(point)) {
                    out.replace(' ', at);
                    out.replace(point, at);
                    out.replace(' ', at);
                } else {
                    out.replace(point, at);
                }
            }
            return out.done();
        }
    }

    /// The cleaning of neural machine translation: control characters out, odd blanks made plain.
    record Nmt() implements Normalizer {
        @Override
        public AlignedText apply(AlignedText text) {
            byte[] bytes = text.bytes();
            AlignedText.Builder out = text.change();
            for (int at = 0; at < text.length(); at += Utf8.size(bytes[at])) {
                int point = Utf8.codePointAt(bytes, at);
                if (!CharacterSet.NMT_REMOVED.contains(point)) {
                    out.replace(CharacterSet.NMT_SPACE.contains(point) ? ' ' : point, at);
                }
            }
            return out.done();
        }
    }

    /// SentencePiece's map of character sequences, applied grapheme by grapheme as Hugging Face
    /// does.
    record Precompiled(Charsmap map) implements Normalizer {
        @Override
        public AlignedText apply(AlignedText text) {
            return map.applyByGrapheme(text);
        }
    }

    /// SentencePiece's own normalizer: the longest sequence that the map knows is replaced, blanks
    /// are tidied and made visible.
    ///
    /// @param name name of the rules, for example `nmt_nfkc`
    /// @param map the character map; `null` for none
    /// @param addsBlank whether a blank is put at the beginning
    /// @param blankBehind whether that blank is put at the end in place of the beginning
    /// @param removesExtraBlanks whether blanks at the ends and double ones are taken out
    /// @param escapesBlanks whether blanks become U+2581
    /// @param userDefined what the map leaves alone
    record SentencePiece(
            String name,
            @Nullable Charsmap map,
            boolean addsBlank,
            boolean blankBehind,
            boolean removesExtraBlanks,
            boolean escapesBlanks,
            PrefixSet userDefined)
            implements Normalizer {
        @Override
        public AlignedText apply(AlignedText text) {
            return new SentencePieceNormalizing(this, text).run();
        }
    }

    private static AlignedText without(AlignedText text, CharacterSet marks) {
        byte[] bytes = text.bytes();
        AlignedText.Builder out = null;
        int copied = 0;
        for (int at = 0; at < text.length(); ) {
            int next = at + Utf8.size(bytes[at]);
            if (bytes[at] < 0 && marks.contains(Utf8.codePointAt(bytes, at))) {
                out = out == null ? text.change() : out;
                out.copy(copied, at);
                copied = next;
            }
            at = next;
        }
        if (out == null) {
            return text;
        }
        out.copy(copied, text.length());
        return out.done();
    }

    /// The text in its normal form.
    default String apply(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return apply(AlignedText.of(utf8, 0, utf8.length, false)).toString();
    }
}
