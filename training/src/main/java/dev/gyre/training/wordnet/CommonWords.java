package dev.gyre.training.wordnet;

import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The commonest words of WordNet's own definitions and examples, in lower case.
///
/// A small model learns little from names of species and drugs: text is used only where every word
/// of it is common.
final class CommonWords {
    private static final Pattern WORD = Pattern.compile("[a-z]+(?:['-][a-z]+)*");
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z ,;:.'!?-]+");

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
        Comparator<String> order =
                Comparator.comparing((String word) -> -frequencies.getOrDefault(word, 0))
                        .thenComparing(Comparator.naturalOrder());
        List<String> commonest = frequencies.keySet().stream().sorted(order).limit(count).toList();
        return new CommonWords(new HashSet<>(commonest));
    }

    private static void count(String text, Map<String, Integer> frequencies) {
        Matcher word = WORD.matcher(text.toLowerCase(Locale.ROOT));
        while (word.find()) {
            frequencies.merge(word.group(), 1, Integer::sum);
        }
    }

    /// Whether a text has only common words, ASCII letters and plain punctuation.
    boolean allIn(String text) {
        if (!PLAIN.matcher(text).matches()) {
            return false;
        }
        Matcher word = WORD.matcher(text.toLowerCase(Locale.ROOT));
        while (word.find()) {
            if (!words.contains(word.group())) {
                return false;
            }
        }
        return true;
    }
}
