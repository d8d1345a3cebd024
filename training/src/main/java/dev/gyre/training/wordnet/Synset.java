package dev.gyre.training.wordnet;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A set of words that share a meaning, one line of WordNet's data files (wndb(5WN)).
///
/// @param id unique over all parts of speech
/// @param words the words, spaces as spaces, without syntactic marks
/// @param definition the gloss up to its first example, without remarks in brackets
/// @param examples the gloss's quoted examples, without the quotes
/// @param pointers relations to other synsets
record Synset(
        Id id,
        List<String> words,
        String definition,
        List<String> examples,
        List<Pointer> pointers) {
    private static final Pattern EXAMPLE = Pattern.compile("\"([^\"]+)\"");
    private static final Pattern SYNTACTIC_MARK = Pattern.compile("\\(\\w+\\)$");
    private static final String MARKS_BEHIND_NO_BLANK = ",;:";
    private static final String MARKS_AT_NO_END = ",;:. ";

    Synset {
        words = List.copyOf(words);
        examples = List.copyOf(examples);
        pointers = List.copyOf(pointers);
    }

    /// Where a synset stands.
    ///
    /// @param partOfSpeech which file
    /// @param offset byte offset in that file
    record Id(PartOfSpeech partOfSpeech, int offset) {}

    /// A relation.
    ///
    /// @param symbol `@` is a kind of, `!` opposite of, `%p` has as a part, `&` similar to …
    /// @param target the other synset
    /// @param sourceWord index of the word that it holds for, -1 for all
    /// @param targetWord index of the other synset's word, -1 for all
    record Pointer(String symbol, Id target, int sourceWord, int targetWord) {}

    /// Reads a line such as `02084442 05 n 01 dog 0 002 @ 02083346 n 0000 ~ 01325417 n 0000 | a
    /// canine; "the dog barked"`.
    static Synset parse(String line) {
        int bar = line.indexOf('|');
        String[] fields = line.substring(0, bar).trim().split(" ");
        Id id = new Id(PartOfSpeech.of(fields[2]), Integer.parseInt(fields[0]));
        int at = 3;
        int wordCount = Integer.parseInt(fields[at++], 16);
        List<String> words = new ArrayList<>();
        for (int word = 0; word < wordCount; word++, at += 2) {
            words.add(spelled(fields[at]));
        }
        int pointerCount = Integer.parseInt(fields[at++]);
        List<Pointer> pointers = new ArrayList<>();
        for (int pointer = 0; pointer < pointerCount; pointer++, at += 4) {
            Id target = new Id(PartOfSpeech.of(fields[at + 2]), Integer.parseInt(fields[at + 1]));
            int source = Integer.parseInt(fields[at + 3].substring(0, 2), 16) - 1;
            int goal = Integer.parseInt(fields[at + 3].substring(2), 16) - 1;
            pointers.add(new Pointer(fields[at], target, source, goal));
        }
        String gloss = line.substring(bar + 1).trim();
        List<String> examples = new ArrayList<>();
        Matcher quoted = EXAMPLE.matcher(gloss);
        while (quoted.find()) {
            examples.add(quoted.group(1).trim());
        }
        return new Synset(id, words, definition(gloss), examples, pointers);
    }

    private static String spelled(String word) {
        String unmarked = word.endsWith(")") ? SYNTACTIC_MARK.matcher(word).replaceFirst("") : word;
        return unmarked.replace('_', ' ');
    }

    /// By hand: regular expressions took a third of the time that making a text out of WordNet
    /// takes.
    private static String definition(String gloss) {
        int quote = gloss.indexOf('"');
        int end = quote < 0 ? gloss.length() : quote;
        StringBuilder text = new StringBuilder(end);
        boolean blank = false;
        for (int at = 0; at < end; at++) {
            char c = gloss.charAt(at);
            int closing = c == '(' ? gloss.indexOf(')', at) : -1;
            if (closing >= 0 && closing < end) {
                at = closing;
                blank = true;
            } else if (c <= ' ') {
                blank = true;
            } else {
                if (blank && !text.isEmpty() && MARKS_BEHIND_NO_BLANK.indexOf(c) < 0) {
                    text.append(' ');
                }
                text.append(c);
                blank = false;
            }
        }
        int length = text.length();
        while (length > 0 && MARKS_AT_NO_END.indexOf(text.charAt(length - 1)) >= 0) {
            length--;
        }
        return text.substring(0, length);
    }
}
