package dev.gyre.training.wordnet;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Turns one synset into English sentences by template: its definition, its examples, its
/// relations.
final class Sentences {
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

    /// All sentences of a synset but those of opposites.
    List<Sentence> of(Synset synset) {
        List<String> words = usable(synset);
        List<Sentence> sentences = new ArrayList<>();
        if (common.allIn(synset.definition())) {
            words.forEach(word -> sentences.add(alone(definition(synset, word))));
        }
        for (String example : synset.examples()) {
            if (common.allIn(example) && example.indexOf(' ') > 0) {
                sentences.add(alone(sentence(example)));
            }
        }
        for (int other = 1; other < words.size(); other++) {
            String same = " means the same as ";
            sentences.add(alone(sentence(words.getFirst() + same + words.get(other))));
        }
        for (Synset.Pointer pointer : synset.pointers()) {
            Synset target = wordNet.synset(pointer.target());
            if (target == null || words.isEmpty() || usable(target).isEmpty()) {
                continue;
            }
            String relation = relation(synset, words.getFirst(), pointer, target);
            boolean ofItself = words.getFirst().equals(usable(target).getFirst());
            if (!relation.isEmpty() && !ofItself) {
                sentences.add(new Sentence(sentence(relation), Set.of(target.id())));
            }
        }
        return sentences;
    }

    private String relation(Synset synset, String word, Synset.Pointer pointer, Synset target) {
        String other = usable(target).getFirst();
        boolean noun = synset.id().partOfSpeech() == PartOfSpeech.NOUN;
        return switch (pointer.symbol()) {
            case "@" ->
                    noun
                            ? withArticle(synset, word) + " is a kind of " + other
                            : "to " + word + " is one way to " + other;
            case "#p" -> withArticle(synset, word) + " is a part of " + withArticle(target, other);
            case "&" -> word + " is close in meaning to " + other;
            default -> "";
        };
    }

    /// The opposites of a synset's words, both ways where WordNet lists both.
    List<Antonyms> antonyms(Synset synset) {
        List<Antonyms> pairs = new ArrayList<>();
        for (Synset.Pointer pointer : synset.pointers()) {
            Synset target = wordNet.synset(pointer.target());
            if (!pointer.symbol().equals("!") || target == null || pointer.sourceWord() < 0) {
                continue;
            }
            String word = synset.words().get(pointer.sourceWord());
            String opposite = target.words().get(pointer.targetWord());
            if (isUsable(word) && isUsable(opposite)) {
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
        if (!noun.definition().matches("(an?|the|any|one|someone|something) .*")) {
            return word;
        }
        return ("aeiou".indexOf(word.charAt(0)) >= 0 ? "an " : "a ") + word;
    }

    private List<String> usable(Synset synset) {
        return synset.words().stream().filter(this::isUsable).toList();
    }

    private boolean isUsable(String word) {
        return word.equals(word.toLowerCase(Locale.ROOT)) && common.allIn(word);
    }

    private static Sentence alone(String text) {
        return new Sentence(text, Set.of());
    }

    private static String sentence(String text) {
        String ended = text.matches(".*[.!?]") ? text : text + ".";
        return Character.toUpperCase(ended.charAt(0)) + ended.substring(1);
    }
}
