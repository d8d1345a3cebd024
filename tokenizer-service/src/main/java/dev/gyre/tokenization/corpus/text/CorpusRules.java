package dev.gyre.tokenization.corpus.text;

import java.util.List;
import java.util.Locale;

/// The rules by which a corpus cleans, judges and de-duplicates documents. A plain record of
/// numbers, words and lists, so that it can be stored as JSON beside the corpus it made.
///
/// A rule is switched off by a limit that nothing can break: 0 for a least number or share, 1 for a
/// largest share, {@link #NO_LIMIT} for a largest number.
///
/// Sources: Gopher is Rae et al. 2021, "Scaling Language Models" (arXiv 2112.11446), appendix A.1.1
/// and Table A1; C4 is Raffel et al. 2020 (JMLR 21:140), section 2.2; FineWeb is Penedo et al. 2024
/// (arXiv 2406.17557), section 3.
public record CorpusRules(
        Lines lines,
        Quality quality,
        Repetition repetition,
        Languages languages,
        PersonalData personalData,
        Deduplication deduplication) {

    /// Switches a largest number off.
    public static final int NO_LIMIT = Integer.MAX_VALUE;

    public static final CorpusRules DEFAULT =
            new CorpusRules(
                    Lines.DEFAULT,
                    Quality.DEFAULT,
                    Repetition.DEFAULT,
                    Languages.DEFAULT,
                    PersonalData.DEFAULT,
                    Deduplication.DEFAULT);

    public CorpusRules withLines(Lines changed) {
        return new CorpusRules(
                changed, quality, repetition, languages, personalData, deduplication);
    }

    public CorpusRules withQuality(Quality changed) {
        return new CorpusRules(lines, changed, repetition, languages, personalData, deduplication);
    }

    public CorpusRules withRepetition(Repetition changed) {
        return new CorpusRules(lines, quality, changed, languages, personalData, deduplication);
    }

    public CorpusRules withLanguages(Languages changed) {
        return new CorpusRules(lines, quality, repetition, changed, personalData, deduplication);
    }

    public CorpusRules withPersonalData(PersonalData changed) {
        return new CorpusRules(lines, quality, repetition, languages, changed, deduplication);
    }

    public CorpusRules withDeduplication(Deduplication changed) {
        return new CorpusRules(lines, quality, repetition, languages, personalData, changed);
    }

    /// C4's rules. Lines that break one are taken out of the document; lorem ipsum, a curly
    /// bracket, a bad word or too few sentences remove the document.
    ///
    /// @param terminalPunctuation keep only lines that end in `.`, `?`, `!` or a quotation mark.
    ///   Off by default as in FineWeb: it alone takes away about 30 % of the web's tokens
    /// @param minWords least words of a line that stays
    /// @param maxWordLength longest word of a line that stays, in characters
    /// @param citations take out Wikipedia's `[12]`, `[edit]` and `[citation needed]`
    /// @param javascript take out lines with the word Javascript
    /// @param policies take out lines about cookies, privacy and terms of use
    /// @param loremIpsum remove documents with lorem ipsum
    /// @param curlyBrackets remove documents with `{`; off where the corpus has code
    /// @param minSentences least sentences of the lines that stay
    /// @param badWords remove documents with one of these words or phrases; empty by default
    public record Lines(
            boolean terminalPunctuation,
            int minWords,
            int maxWordLength,
            boolean citations,
            boolean javascript,
            boolean policies,
            boolean loremIpsum,
            boolean curlyBrackets,
            int minSentences,
            List<String> badWords) {
        /// C4, section 2.2: 3 words a line, 5 sentences a page; 1,000 characters a word stand in
        /// its published code only.
        public static final Lines DEFAULT =
                new Lines(false, 3, 1_000, true, true, true, true, true, 5, List.of());

        /// No line rule.
        public static final Lines OFF =
                new Lines(false, 0, NO_LIMIT, false, false, false, false, false, 0, List.of());

        public Lines {
            Limits.range("least words of a line", minWords, 0, NO_LIMIT);
            Limits.range("longest word of a line", maxWordLength, 1, NO_LIMIT);
            Limits.range("least sentences", minSentences, 0, NO_LIMIT);
            badWords = badWords.stream().map(Lines::badWord).toList();
        }

        private static String badWord(String word) {
            if (word.isBlank()) {
                throw new IllegalArgumentException("a bad word is blank; leave it out");
            }
            return word.strip().toLowerCase(Locale.ROOT);
        }
    }

    /// Gopher's quality rules, appendix A.1.1.
    ///
    /// @param minWords least words that are not only punctuation
    /// @param maxWords most words that are not only punctuation
    /// @param minMeanWordLength least mean length of those words in characters
    /// @param maxMeanWordLength largest mean length of those words in characters; 0 switches off
    /// @param maxSymbolRatio most `#`, and most ellipses, for each word
    /// @param maxBulletLines largest share of lines that begin with a bullet
    /// @param maxEllipsisLines largest share of lines that end in an ellipsis
    /// @param minAlphabeticWords least share of words with an alphabetic character
    /// @param minStopWords least number of different words among the, be, to, of, and, that, have,
    ///   with; asked of English and of text whose language is not known
    public record Quality(
            int minWords,
            int maxWords,
            double minMeanWordLength,
            double maxMeanWordLength,
            double maxSymbolRatio,
            double maxBulletLines,
            double maxEllipsisLines,
            double minAlphabeticWords,
            int minStopWords) {
        /// Gopher, appendix A.1.1, "Quality Filtering".
        public static final Quality DEFAULT =
                new Quality(50, 100_000, 3, 10, 0.1, 0.9, 0.3, 0.8, 2);

        /// No quality rule.
        public static final Quality OFF = new Quality(0, NO_LIMIT, 0, 0, 1, 1, 1, 0, 0);

        public Quality {
            Limits.range("least words", minWords, 0, NO_LIMIT);
            Limits.range("most words", maxWords, minWords, NO_LIMIT);
            length("least mean word length", minMeanWordLength);
            length("largest mean word length", maxMeanWordLength);
            Limits.share("most symbols for each word", maxSymbolRatio);
            Limits.share("largest share of bullet lines", maxBulletLines);
            Limits.share("largest share of ellipsis lines", maxEllipsisLines);
            Limits.share("least share of alphabetic words", minAlphabeticWords);
            Limits.range("least stop words", minStopWords, 0, 8);
        }

        private static void length(String name, double value) {
            if (!(value >= 0 && value <= 1_000)) {
                throw new IllegalArgumentException(
                        name + " is " + value + ", must be from 0 to 1000 characters");
            }
        }
    }

    /// Gopher's repetition rules, Table A1. Shares of characters are of the whole text.
    ///
    /// @param maxDuplicateLines largest share of lines that repeat an earlier line
    /// @param maxDuplicateParagraphs largest share of paragraphs that repeat an earlier one
    /// @param maxDuplicateLineCharacters largest share of characters in repeated lines
    /// @param maxDuplicateParagraphCharacters largest share of characters in repeated paragraphs
    /// @param topNGrams share of characters that the most frequent n-gram may hold
    /// @param duplicateNGrams share of characters that repeated n-grams may hold together
    public record Repetition(
            double maxDuplicateLines,
            double maxDuplicateParagraphs,
            double maxDuplicateLineCharacters,
            double maxDuplicateParagraphCharacters,
            List<NGramLimit> topNGrams,
            List<NGramLimit> duplicateNGrams) {
        /// Gopher, Table A1.
        public static final Repetition DEFAULT =
                new Repetition(
                        0.30,
                        0.30,
                        0.20,
                        0.20,
                        List.of(
                                new NGramLimit(2, 0.20),
                                new NGramLimit(3, 0.18),
                                new NGramLimit(4, 0.16)),
                        List.of(
                                new NGramLimit(5, 0.15),
                                new NGramLimit(6, 0.14),
                                new NGramLimit(7, 0.13),
                                new NGramLimit(8, 0.12),
                                new NGramLimit(9, 0.11),
                                new NGramLimit(10, 0.10)));

        /// No repetition rule.
        public static final Repetition OFF = new Repetition(1, 1, 1, 1, List.of(), List.of());

        public Repetition {
            Limits.share("largest share of duplicate lines", maxDuplicateLines);
            Limits.share("largest share of duplicate paragraphs", maxDuplicateParagraphs);
            Limits.share(
                    "largest share of characters in duplicate lines", maxDuplicateLineCharacters);
            Limits.share(
                    "largest share of characters in duplicate paragraphs",
                    maxDuplicateParagraphCharacters);
            topNGrams = List.copyOf(topNGrams);
            duplicateNGrams = List.copyOf(duplicateNGrams);
        }
    }

    /// Which languages stay.
    ///
    /// @param allowed codes as {@link LanguageIdentifier} says them (`en`, `de`, `zh-CN`); empty
    ///   allows every language, and text whose language is not known
    /// @param minConfidence least probability from 0 to 1 at which a language counts as known
    public record Languages(List<String> allowed, double minConfidence) {
        /// Every language; 0.65 is FineWeb's least confidence (section 3.1).
        public static final Languages DEFAULT = new Languages(List.of(), 0.65);

        public Languages {
            allowed = List.copyOf(allowed);
            for (String code : allowed) {
                if (!LanguageIdentifier.codes().contains(code)) {
                    throw new IllegalArgumentException(
                            "language \""
                                    + code
                                    + "\" is not one that can be identified: "
                                    + String.join(", ", LanguageIdentifier.codes()));
                }
            }
            Limits.share("least confidence of the language", minConfidence);
        }
    }

    /// Which personal data are replaced, and by what.
    ///
    /// @param kinds kinds to replace
    /// @param placeholder what stands in the place of a find; `{kind}` becomes the kind's label
    /// @param publicAddressesOnly leave IP addresses that belong to nobody: private, loopback,
    ///   link-local, documentation, multicast and reserved ones
    /// @param phoneRegions ISO 3166 regions whose national forms of phone numbers are known;
    ///   international forms (`+49 …`) are known for the whole world
    public record PersonalData(
            List<PersonalDataKind> kinds,
            String placeholder,
            boolean publicAddressesOnly,
            List<String> phoneRegions) {
        public static final PersonalData DEFAULT =
                new PersonalData(
                        List.of(PersonalDataKind.values()),
                        "<{kind}>",
                        true,
                        List.of("US", "GB", "DE", "FR", "ES", "IT", "BR"));

        /// Nothing is replaced.
        public static final PersonalData OFF =
                new PersonalData(List.of(), "<{kind}>", true, List.of());

        public PersonalData {
            kinds = kinds.stream().distinct().sorted().toList();
            phoneRegions = List.copyOf(phoneRegions);
            for (String region : phoneRegions) {
                Phones.checkRegion(region);
            }
            Limits.range("length of the placeholder", placeholder.length(), 0, 100);
        }

        /// The placeholder of one kind.
        public String placeholder(PersonalDataKind kind) {
            return placeholder.replace("{kind}", kind.label());
        }
    }

    /// How duplicates are found.
    ///
    /// @param exact remove documents with the same {@link ContentHash}
    /// @param near remove documents whose estimated Jaccard similarity reaches the threshold
    /// @param shingleWords words of a shingle, 1 to 100
    /// @param permutations length of a MinHash signature, 1 to 4,096
    /// @param threshold Jaccard similarity from 0 to 1 at which documents are near duplicates
    /// @param bands bands of the signature; 0 chooses bands and rows for the threshold
    /// @param rows rows of a band; 0 together with bands
    public record Deduplication(
            boolean exact,
            boolean near,
            int shingleWords,
            int permutations,
            double threshold,
            int bands,
            int rows) {
        /// Shingles of 5 words as FineWeb; 128 permutations and a threshold of 0.8 as in Lee et al.
        /// 2022, "Deduplicating Training Data Makes Language Models Better", rounded.
        public static final Deduplication DEFAULT =
                new Deduplication(true, true, 5, 128, 0.8, 0, 0);

        public Deduplication {
            Limits.range("words of a shingle", shingleWords, 1, 100);
            Limits.range("permutations", permutations, 1, 4_096);
            Limits.share("Jaccard threshold", threshold);
            Limits.range("bands", bands, 0, permutations);
            Limits.range("rows", rows, 0, permutations);
            if ((bands == 0) != (rows == 0)) {
                throw new IllegalArgumentException(
                        "bands "
                                + bands
                                + " and rows "
                                + rows
                                + ": set both, or both to 0 to have them chosen");
            }
            if ((long) bands * rows > permutations) {
                throw new IllegalArgumentException(
                        bands
                                + " bands of "
                                + rows
                                + " rows need "
                                + (long) bands * rows
                                + " permutations, there are "
                                + permutations);
            }
        }

        /// The bands and rows to use: those set, or the best for the threshold.
        public Banding banding() {
            return bands > 0
                    ? new Banding(bands, rows)
                    : Banding.forThreshold(threshold, permutations);
        }
    }
}
