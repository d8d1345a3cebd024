package dev.gyre.tokenizer.pipeline;

import dev.gyre.tokenizer.text.AlignedText;
import dev.gyre.tokenizer.text.Charsmap;
import dev.gyre.tokenizer.text.PrefixSet;
import dev.gyre.tokenizer.text.Utf8;
import org.jspecify.annotations.Nullable;

/// One run of SentencePiece's normalizer over a text.
final class SentencePieceNormalizing {
    private static final int VISIBLE_BLANK = 0x2581;

    private final Normalizer.SentencePiece rules;
    private final @Nullable Charsmap map;
    private final PrefixSet userDefined;
    private final AlignedText text;
    private final AlignedText.Builder out;
    private boolean afterBlank;
    private int at;

    /// What the next stretch becomes: bytes of the text, or of the map's replacements.
    private byte[] source;

    private int from;
    private int to;

    SentencePieceNormalizing(Normalizer.SentencePiece rules, AlignedText text) {
        this.rules = rules;
        this.map = rules.map();
        this.userDefined = PrefixSet.of(rules.userDefined());
        this.text = text;
        this.out = text.change();
        this.source = text.bytes();
    }

    AlignedText run() {
        boolean started = false;
        afterBlank = rules.removesExtraBlanks();
        while (at < text.length()) {
            int begin = at;
            at += next();
            boolean skipping = afterBlank;
            while (skipping && from < to && source[from] == ' ') {
                from++;
            }
            if (from < to) {
                if (!started && rules.addsDummyPrefix()) {
                    blank(begin);
                }
                started = true;
                write(begin);
                afterBlank = source[to - 1] == ' ';
            }
            if (!rules.removesExtraBlanks()) {
                afterBlank = false;
            }
        }
        if (rules.removesExtraBlanks()) {
            out.dropAtEnd(visibleBlank());
        }
        return out.done();
    }

    /// Finds what the text goes on with.
    ///
    /// @return number of bytes of the text that it stands for
    private int next() {
        byte[] bytes = text.bytes();
        source = bytes;
        from = at;
        int defined = userDefined.longest(bytes, at, text.length());
        if (defined > 0) {
            to = at + defined;
            return defined;
        }
        long found = map == null ? -1 : map.find(bytes, at, text.length(), true);
        if (map != null && found >= 0) {
            source = map.replacements();
            from = (int) found;
            to = map.replacementEnd(from);
            return (int) (found >>> 32);
        }
        int size = Utf8.size(bytes[at]);
        to = at + size;
        return size;
    }

    private void write(int origin) {
        for (int i = from; i < to; ) {
            int size = Utf8.size(source[i]);
            if (source[i] == ' ') {
                blank(origin);
            } else {
                out.replace(Utf8.codePointAt(source, i), source == text.bytes() ? i : origin);
            }
            i += size;
        }
    }

    private void blank(int origin) {
        out.replace(visibleBlank(), origin);
    }

    private int visibleBlank() {
        return rules.escapesBlanks() ? VISIBLE_BLANK : ' ';
    }
}
