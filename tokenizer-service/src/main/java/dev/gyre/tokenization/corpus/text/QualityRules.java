package dev.gyre.tokenization.corpus.text;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Gopher's quality rules (Rae et al. 2021, appendix A.1.1). Where the paper leaves open what is
/// counted, this counts as Hugging Face's datatrove does: words of punctuation and symbols alone
/// count for neither the number nor the mean length of words, but for the ratios.
final class QualityRules {
    /// Gopher, appendix A.1.1.
    private static final List<String> STOP_WORDS =
            List.of("the", "be", "to", "of", "and", "that", "have", "with");

    private static final String BULLETS = "•‣◦▪●-*";

    private final CorpusRules.Quality rules;

    QualityRules(CorpusRules.Quality rules) {
        this.rules = rules;
    }

    Verdict.@Nullable Removed check(String text, Words words) {
        int plain = 0;
        int spelled = 0;
        long characters = 0;
        int alphabetic = 0;
        for (int word = 0; word < words.count(); word++) {
            int kind = kind(text, words.start(word), words.end(word));
            if (kind == ALPHABETIC) {
                alphabetic++;
            }
            if (kind != SYMBOLS) {
                plain++;
                if (!isOneCharacterScript(text, words.start(word))) {
                    spelled++;
                    characters += words.length(word);
                }
            }
        }
        if (plain < rules.minWords()) {
            return removed("too-few-words", plain + " words, limit %d", rules.minWords());
        }
        if (plain > rules.maxWords()) {
            return removed("too-many-words", plain + " words, limit %d", rules.maxWords());
        }
        // in Chinese or Thai the length of a word says nothing
        if (2 * spelled > plain) {
            double mean = (double) characters / spelled;
            if (mean < rules.minMeanWordLength()) {
                return removed(
                        "words-too-short", mean, "mean word length", rules.minMeanWordLength());
            }
            if (rules.maxMeanWordLength() > 0 && mean > rules.maxMeanWordLength()) {
                return removed(
                        "words-too-long", mean, "mean word length", rules.maxMeanWordLength());
            }
        }
        return ratios(text, words.count(), alphabetic);
    }

    private Verdict.@Nullable Removed ratios(String text, int words, int alphabetic) {
        double hashes = (double) count(text, "#") / words;
        if (over(hashes, rules.maxSymbolRatio())) {
            return removed("symbol-ratio", hashes, "ratio of # to words", rules.maxSymbolRatio());
        }
        double ellipses = (double) (count(text, "...") + count(text, "…")) / words;
        if (over(ellipses, rules.maxSymbolRatio())) {
            return removed(
                    "symbol-ratio", ellipses, "ratio of ellipses to words", rules.maxSymbolRatio());
        }
        int lines = 0;
        int bullets = 0;
        int open = 0;
        for (int start = 0; start <= text.length(); ) {
            int feed = text.indexOf('\n', start);
            int end = feed < 0 ? text.length() : feed;
            lines++;
            bullets += beginsWithBullet(text, start, end) ? 1 : 0;
            open += endsInEllipsis(text, start, end) ? 1 : 0;
            start = end + 1;
        }
        double bulletLines = (double) bullets / lines;
        if (over(bulletLines, rules.maxBulletLines())) {
            return removed(
                    "bullet-lines", bulletLines, "share of bullet lines", rules.maxBulletLines());
        }
        double openLines = (double) open / lines;
        if (over(openLines, rules.maxEllipsisLines())) {
            return removed(
                    "ellipsis-lines",
                    openLines,
                    "share of lines that end in an ellipsis",
                    rules.maxEllipsisLines());
        }
        double letters = (double) alphabetic / words;
        if (letters < rules.minAlphabeticWords()) {
            return removed(
                    "alphabetic-words",
                    letters,
                    "share of words with a letter",
                    rules.minAlphabeticWords());
        }
        return null;
    }

    /// The rule of English stop words, which the caller asks of English text only.
    Verdict.@Nullable Removed checkStopWords(String text, Words words) {
        if (rules.minStopWords() == 0) {
            return null;
        }
        int found = 0;
        for (int word = 0; word < words.count(); word++) {
            int length = words.end(word) - words.start(word);
            if (length > 4 || length < 2) {
                continue;
            }
            for (int stop = 0; stop < STOP_WORDS.size(); stop++) {
                String stopWord = STOP_WORDS.get(stop);
                if (stopWord.length() == length && text.startsWith(stopWord, words.start(word))) {
                    found |= 1 << stop;
                }
            }
            if (Integer.bitCount(found) >= rules.minStopWords()) {
                return null;
            }
        }
        return removed(
                "stop-words",
                Integer.bitCount(found) + " different English stop words, limit %d",
                rules.minStopWords());
    }

    /// A limit of 1 switches off, also where a ratio can be over 1.
    static boolean over(double measured, double limit) {
        return limit < 1 && measured > limit;
    }

    static Verdict.Removed removed(String rule, double measured, String measure, double limit) {
        return new Verdict.Removed(
                rule, String.format(Locale.ROOT, "%s %.4g, limit %.4g", measure, measured, limit));
    }

    private static Verdict.Removed removed(String rule, String measured, int limit) {
        return new Verdict.Removed(rule, String.format(Locale.ROOT, measured, limit));
    }

    private static final int SYMBOLS = 0;
    private static final int OTHER = 1;
    private static final int ALPHABETIC = 2;

    private static int kind(String text, int start, int end) {
        int kind = SYMBOLS;
        for (int i = start; i < end; ) {
            char unit = text.charAt(i);
            if (unit < 0x80 && Scripts.ASCII_WORD[unit]) {
                if (unit >= 'A') {
                    return ALPHABETIC;
                }
                kind = OTHER;
                i++;
            } else if (unit < 0x80) {
                i++;
            } else {
                int point = text.codePointAt(i);
                if (Character.isLetter(point)) {
                    return ALPHABETIC;
                }
                if (!Scripts.isSymbol(point)) {
                    kind = OTHER;
                }
                i += Character.charCount(point);
            }
        }
        return kind;
    }

    private static boolean isOneCharacterScript(String text, int start) {
        return text.charAt(start) >= 0x0e00 && Scripts.isWithoutBlanks(text.codePointAt(start));
    }

    private static int count(String text, String symbol) {
        int count = 0;
        for (int i = text.indexOf(symbol); i >= 0; i = text.indexOf(symbol, i + symbol.length())) {
            count++;
        }
        return count;
    }

    private static boolean beginsWithBullet(String text, int start, int end) {
        int i = start;
        while (i < end && Words.isBlank(text.charAt(i))) {
            i++;
        }
        return i < end && BULLETS.indexOf(text.charAt(i)) >= 0;
    }

    private static boolean endsInEllipsis(String text, int start, int end) {
        return end > start && text.charAt(end - 1) == '…'
                || end - start >= 3 && text.startsWith("...", end - 3);
    }
}
