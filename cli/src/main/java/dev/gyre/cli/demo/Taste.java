package dev.gyre.cli.demo;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// What the artificial rater likes: common words, and no repetition.
///
/// ```
/// u(answer) = (mean log-frequency of its words − mean) / deviation − 2 · share of its bigrams that are repeats
/// ```
///
/// Mean and deviation are those of the base model's answers, so that u is about 0 ± 1 for them.
final class Taste {
    /// u of an answer without a word: worse than nearly every answer with some.
    private static final double NO_WORDS = -3;

    private static final double REPETITION_WEIGHT = 2;
    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}']+");

    private final Frequencies frequencies;
    private final double mean;
    private final double deviation;

    private Taste(Frequencies frequencies, double mean, double deviation) {
        this.frequencies = frequencies;
        this.mean = mean;
        this.deviation = deviation;
    }

    /// The taste over a text's word frequencies, standardised on answers.
    ///
    /// @param answers answers of the base model; at least two with different words
    static Taste standardisedOn(Frequencies frequencies, List<String> answers) {
        double[] values =
                answers.stream()
                        .map(Taste::words)
                        .filter(words -> !words.isEmpty())
                        .mapToDouble(frequencies::meanLogarithm)
                        .toArray();
        double sum = 0;
        double squares = 0;
        for (double value : values) {
            sum += value;
            squares += value * value;
        }
        double mean = sum / values.length;
        double variance = squares / values.length - mean * mean;
        if (!(variance > 0)) {
            throw new IllegalArgumentException(
                    values.length
                            + " answers with words do not differ: the taste cannot be standardised on them");
        }
        return new Taste(frequencies, mean, Math.sqrt(variance));
    }

    /// u of an answer, without the rater's noise.
    double of(String answer) {
        List<String> words = words(answer);
        if (words.isEmpty()) {
            return NO_WORDS;
        }
        double common = (frequencies.meanLogarithm(words) - mean) / deviation;
        return common - REPETITION_WEIGHT * repetition(words);
    }

    /// Share of a text's word bigrams that occurred in it before; 0 to 1.
    static double repetition(String text) {
        return repetition(words(text));
    }

    private static double repetition(List<String> words) {
        if (words.size() < 2) {
            return 0;
        }
        Set<List<String>> seen = new HashSet<>();
        int repeats = 0;
        for (int i = 1; i < words.size(); i++) {
            if (!seen.add(List.of(words.get(i - 1), words.get(i)))) {
                repeats++;
            }
        }
        return (double) repeats / (words.size() - 1);
    }

    static List<String> words(String text) {
        return WORD.matcher(text.toLowerCase(Locale.ROOT))
                .results()
                .map(MatchResult::group)
                .toList();
    }

    /// How often words occur in a text.
    static final class Frequencies {
        private final Map<String, Integer> counts;
        private final double total;

        /// @param counts occurrences of each word in lower case
        Frequencies(Map<String, Integer> counts) {
            this.counts = Map.copyOf(counts);
            this.total = counts.values().stream().mapToLong(Integer::longValue).sum();
        }

        /// Counts the words of texts.
        static Frequencies of(Iterable<String> texts) {
            Map<String, Integer> counts = new HashMap<>();
            for (String text : texts) {
                words(text).forEach(word -> counts.merge(word, 1, Integer::sum));
            }
            return new Frequencies(counts);
        }

        /// Mean natural logarithm of the words' relative frequencies; a word that does not occur
        /// counts as half a time.
        double meanLogarithm(List<String> words) {
            double sum = 0;
            for (String word : words) {
                Integer count = counts.get(word);
                sum += Math.log((count == null ? 0.5 : count) / total);
            }
            return sum / words.size();
        }
    }
}
