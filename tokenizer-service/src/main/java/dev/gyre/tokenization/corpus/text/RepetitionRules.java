package dev.gyre.tokenization.corpus.text;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Gopher's repetition rules (Rae et al. 2021, Table A1), counted as Hugging Face's datatrove does:
/// the first of equal lines, paragraphs or n-grams is no duplicate; characters of overlapping
/// duplicate n-grams count once; the most frequent n-gram counts with the blanks inside it.
final class RepetitionRules {
    private final CorpusRules.Repetition rules;

    RepetitionRules(CorpusRules.Repetition rules) {
        this.rules = rules;
    }

    Verdict.@Nullable Removed check(String text, Words words) {
        int characters = text.codePointCount(0, text.length());
        Verdict.Removed removed =
                pieces(
                        text,
                        "paragraphs",
                        2,
                        characters,
                        rules.maxDuplicateParagraphs(),
                        rules.maxDuplicateParagraphCharacters());
        if (removed == null) {
            removed =
                    pieces(
                            text,
                            "lines",
                            1,
                            characters,
                            rules.maxDuplicateLines(),
                            rules.maxDuplicateLineCharacters());
        }
        return removed == null ? nGrams(words, characters) : removed;
    }

    /// @param feeds line feeds that part two pieces, at least
    private static Verdict.@Nullable Removed pieces(
            String text,
            String name,
            int feeds,
            int characters,
            double maxShare,
            double maxCharacters) {
        if (maxShare >= 1 && maxCharacters >= 1) {
            return null;
        }
        String separator = "\n".repeat(feeds);
        Set<String> seen = new HashSet<>();
        int count = 0;
        int duplicates = 0;
        int duplicateCharacters = 0;
        for (int start = 0; start <= text.length(); ) {
            int found = text.indexOf(separator, start);
            int end = found < 0 ? text.length() : found;
            String piece = text.substring(start, end);
            count++;
            if (!seen.add(piece)) {
                duplicates++;
                duplicateCharacters += piece.codePointCount(0, piece.length());
            }
            start = end + 1;
            while (found >= 0 && start < text.length() && text.charAt(start) == '\n') {
                start++;
            }
        }
        double share = (double) duplicates / count;
        if (QualityRules.over(share, maxShare)) {
            return QualityRules.removed(
                    "duplicate-" + name, share, "share of duplicate " + name, maxShare);
        }
        double held = (double) duplicateCharacters / characters;
        return QualityRules.over(held, maxCharacters)
                ? QualityRules.removed(
                        "duplicate-" + name.substring(0, name.length() - 1) + "-characters",
                        held,
                        "share of characters in duplicate " + name,
                        maxCharacters)
                : null;
    }

    private Verdict.@Nullable Removed nGrams(Words words, int characters) {
        if (rules.topNGrams().isEmpty() && rules.duplicateNGrams().isEmpty()) {
            return null;
        }
        NGrams grams = new NGrams(words);
        for (NGramLimit limit : rules.topNGrams()) {
            double share = (double) grams.topCharacters(limit.words()) / characters;
            if (QualityRules.over(share, limit.limit())) {
                return QualityRules.removed(
                        "top-" + limit.words() + "-gram",
                        share,
                        "share of characters in the most frequent " + limit.words() + "-gram",
                        limit.limit());
            }
        }
        for (NGramLimit limit : rules.duplicateNGrams()) {
            double share = (double) grams.duplicateCharacters(limit.words()) / characters;
            if (QualityRules.over(share, limit.limit())) {
                return QualityRules.removed(
                        "duplicate-" + limit.words() + "-grams",
                        share,
                        "share of characters in duplicate " + limit.words() + "-grams",
                        limit.limit());
            }
        }
        return null;
    }
}
