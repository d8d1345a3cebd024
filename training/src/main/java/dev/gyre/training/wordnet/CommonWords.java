package dev.gyre.training.wordnet;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// The commonest words of WordNet's own definitions and examples, in lower case.
///
/// A small model learns little from names of species and drugs: text is used only where every word
/// of it is common.
final class CommonWords {
    private static final String PUNCTUATION = " ,;:.'!?-";

    private final Set<String> words;

    private CommonWords(Set<String> words) {
        this.words = words;
    }

    /// @param count how many; among words of equal frequency the alphabet decides
    static CommonWords of(WordNet wordNet, int count) {
        Map<String, Integer> frequencies = new HashMap<>();
        for (Synset synset : wordNet.synsets()) {
            count(synset.definition(), frequencies);
            synset.examples().forEach(example -> count(example, frequencies));
        }
        Comparator<Map.Entry<String, Integer>> order =
                Map.Entry.<String, Integer>comparingByValue()
                        .reversed()
                        .thenComparing(Map.Entry.comparingByKey());
        return new CommonWords(
                frequencies.entrySet().stream()
                        .sorted(order)
                        .limit(count)
                        .map(Map.Entry::getKey)
                        .collect(Collectors.toSet()));
    }

    private static void count(String text, Map<String, Integer> frequencies) {
        allWords(text, word -> frequencies.merge(word, 1, Integer::sum) > 0);
    }

    /// Whether a text has only common words, ASCII letters and plain punctuation.
    boolean allIn(String text) {
        return !text.isEmpty()
                && text.chars().allMatch(c -> isLetter(c | 0x20) || PUNCTUATION.indexOf(c) >= 0)
                && allWords(text, words::contains);
    }

    /// Asks for each word of a text, which is letters, with hyphens and apostrophes between them,
    /// until an answer is no.
    private static boolean allWords(String text, Predicate<String> test) {
        String lower = text.toLowerCase(Locale.ROOT);
        for (int start = 0; start < lower.length(); start++) {
            if (!isLetter(lower.charAt(start))) {
                continue;
            }
            int end = start + 1;
            while (goesOn(lower, end)) {
                end++;
            }
            if (!test.test(lower.substring(start, end))) {
                return false;
            }
            start = end;
        }
        return true;
    }

    private static boolean goesOn(String text, int at) {
        if (at >= text.length()) {
            return false;
        }
        char c = text.charAt(at);
        return isLetter(c)
                || (c == '\'' || c == '-')
                        && at + 1 < text.length()
                        && isLetter(text.charAt(at + 1));
    }

    private static boolean isLetter(int c) {
        return c >= 'a' && c <= 'z';
    }
}
