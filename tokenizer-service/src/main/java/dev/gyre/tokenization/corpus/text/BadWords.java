package dev.gyre.tokenization.corpus.text;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Finds words and phrases of a list, whatever their case, as whole words; in scripts without
/// blanks anywhere.
final class BadWords {
    private final Set<String> phrases = new HashSet<>();
    private int longest;

    BadWords(List<String> words) {
        for (String word : words) {
            FoldedWords folded = FoldedWords.of(word);
            phrases.add(folded.joined());
            longest = Math.max(longest, folded.count());
        }
    }

    @Nullable String firstIn(String text) {
        if (longest == 0) {
            return null;
        }
        FoldedWords words = FoldedWords.of(text);
        for (int word = 0; word < words.count(); word++) {
            for (int end = word + 1; end <= Math.min(word + longest, words.count()); end++) {
                String phrase = words.joined(word, end);
                if (phrases.contains(phrase)) {
                    return phrase;
                }
            }
        }
        return null;
    }
}
