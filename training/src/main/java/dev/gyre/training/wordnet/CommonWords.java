package dev.gyre.training.wordnet;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
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
        allWords(text).forEach(word -> frequencies.merge(word, 1, Integer::sum));
    }

    /// Whether a text has only common words, ASCII letters and plain punctuation.
    boolean allIn(String text) {
        return !text.isEmpty()
                && text.chars().allMatch(c -> isLetter(c | 0x20) || PUNCTUATION.indexOf(c) >= 0)
                && words.containsAll(allWords(text));
    }

    /// The words of a text in lower case: letters, with hyphens and apostrophes between them.
    private static List<String> allWords(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        List<String> found = new ArrayList<>();
        int start = 0;
        while (start < lower.length()) {
            int end = start;
            while (isLetter(lower, end) || end > start && joins(lower, end)) {
                end++;
            }
            if (end > start) {
                found.add(lower.substring(start, end));
            }
            start = end + 1;
        }
        return found;
    }

    /// Whether a hyphen or an apostrophe stands before a letter.
    private static boolean joins(String text, int at) {
        return at < text.length() && "'-".indexOf(text.charAt(at)) >= 0 && isLetter(text, at + 1);
    }

    private static boolean isLetter(String text, int at) {
        return at < text.length() && isLetter(text.charAt(at));
    }

    private static boolean isLetter(int c) {
        return c >= 'a' && c <= 'z';
    }
}
