package dev.gyre.training.wordnet;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// Turns one synset into English sentences by template: its definition, its examples, its
/// relations.
final class Sentences {
    private static final Pattern COUNTED =
            Pattern.compile("(an?|the|any|one|someone|something) .*");

    private final WordNet wordNet;
    private final CommonWords common;

    Sentences(WordNet wordNet, CommonWords common) {
        this.wordNet = wordNet;
        this.common = common;
    }

    /// A sentence and the synsets that it tells of.
    ///
    /// @param text one line
    /// @param others synsets besides the one that it is made from
    record Sentence(String text, Set<Synset.Id> others) {}

    /// A word and its opposite.
    ///
    /// @param word in lower case
    /// @param opposite in lower case
    /// @param first synset of the word
    /// @param second synset of the opposite
    record Antonyms(String word, String opposite, Synset.Id first, Synset.Id second) {}

    /// What a document about a synset tells, in this order: its definition, its examples, what it
    /// is a kind or a part of. Opposites are told apart from it.
    List<Sentence> of(Synset synset) {
        List<String> words = usable(synset);
        List<Sentence> sentences = new ArrayList<>();
        if (!words.isEmpty() && common.allIn(synset.definition())) {
            sentences.add(alone(definition(synset, words.getFirst())));
        }
        for (String example : synset.examples()) {
            if (common.allIn(example) && example.indexOf(' ') > 0) {
                sentences.add(alone(sentence(example)));
            }
        }
        if (!words.isEmpty() && synset.id().partOfSpeech() == PartOfSpeech.NOUN) {
            synset.pointers()
                    .forEach(pointer -> tell(synset, words.getFirst(), pointer, sentences));
        }
        return sentences;
    }

    private void tell(Synset noun, String word, Synset.Pointer pointer, List<Sentence> sentences) {
        if (!pointer.symbol().equals("@") && !pointer.symbol().equals("#p")) {
            return;
        }
        Synset target = wordNet.synset(pointer.target());
        List<String> others = target == null ? List.of() : usable(target);
        if (target == null || others.isEmpty() || others.getFirst().equals(word)) {
            return;
        }
        String other = others.getFirst();
        String relation =
                pointer.symbol().equals("@")
                        ? " is a kind of " + other
                        : " is a part of " + withArticle(target, other);
        sentences.add(
                new Sentence(sentence(withArticle(noun, word) + relation), Set.of(target.id())));
    }

    /// The opposites of a synset's single words, both ways where WordNet lists both.
    List<Antonyms> antonyms(Synset synset) {
        List<Antonyms> pairs = new ArrayList<>();
        for (Synset.Pointer pointer : synset.pointers()) {
            if (!pointer.symbol().equals("!") || pointer.sourceWord() < 0) {
                continue;
            }
            Synset target = wordNet.synset(pointer.target());
            if (target == null) {
                continue;
            }
            String word = synset.words().get(pointer.sourceWord());
            String opposite = target.words().get(pointer.targetWord());
            if (isUsableAlone(word) && isUsableAlone(opposite)) {
                pairs.add(new Antonyms(word, opposite, synset.id(), target.id()));
            }
        }
        return pairs;
    }

    private static String definition(Synset synset, String word) {
        return sentence(
                switch (synset.id().partOfSpeech()) {
                    case NOUN -> withArticle(synset, word) + " is " + synset.definition();
                    case VERB ->
                            "to " + word + " is to " + synset.definition().replaceFirst("^to ", "");
                    case ADJECTIVE, ADVERB -> word + " means " + synset.definition();
                });
    }

    /// A noun whose definition begins with an article is counted, and takes one itself.
    private static String withArticle(Synset noun, String word) {
        if (!COUNTED.matcher(noun.definition()).matches()) {
            return word;
        }
        return ("aeiou".indexOf(word.charAt(0)) >= 0 ? "an " : "a ") + word;
    }

    private List<String> usable(Synset synset) {
        return synset.words().stream().filter(this::isUsable).toList();
    }

    private boolean isUsableAlone(String word) {
        return word.indexOf(' ') < 0 && isUsable(word);
    }

    private boolean isUsable(String word) {
        return word.equals(word.toLowerCase(Locale.ROOT)) && common.allIn(word);
    }

    private static Sentence alone(String text) {
        return new Sentence(text, Set.of());
    }

    private static String sentence(String text) {
        String ended = ".!?".indexOf(text.charAt(text.length() - 1)) >= 0 ? text : text + ".";
        return Character.toUpperCase(ended.charAt(0)) + ended.substring(1);
    }
}
