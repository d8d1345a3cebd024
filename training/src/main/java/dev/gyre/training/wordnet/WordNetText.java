package dev.gyre.training.wordnet;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The starter model's text: documents about one synset, one pair of opposites, or of one few-shot
/// block, made out of WordNet 3.1 by template. The same code makes the same text.
///
/// The text is split by synset: synonyms share a definition, so a split by line would leak. What is
/// about a held-out synset is held out; a sentence that is not, but names a held-out one beside its
/// own, is left out of both.
///
/// @param trainDocuments in a fixed random order
/// @param holdoutDocuments in a fixed random order; none of them is among the training documents
/// @param seenAntonyms opposites in training documents
/// @param unseenAntonyms opposites of which no training document tells, in either direction
public record WordNetText(
        List<String> trainDocuments,
        List<String> holdoutDocuments,
        List<Opposites> seenAntonyms,
        List<Opposites> unseenAntonyms) {
    /// Only sentences whose words are all among so many commonest ones are used.
    public static final int COMMON_WORDS = 8000;

    /// One synset in so many is held out.
    private static final int HOLDOUT_ONE_IN = 10;

    /// How often the training text tells each pair of opposites as a sentence, and how often in a
    /// few-shot block: so often that a model of 2 million parameters keeps most of them.
    private static final int TIMES_TOLD = 20;

    /// Pairs in a few-shot block.
    private static final int PAIRS_PER_BLOCK = 4;

    /// Words of a held-out sentence that make a prompt.
    private static final int PROMPT_WORDS = 4;

    private static final Pattern SENTENCE_END = Pattern.compile("(?<=[.!?]) (?=[A-Z])");
    private static final long SEED = 31;

    public WordNetText {
        trainDocuments = List.copyOf(trainDocuments);
        holdoutDocuments = List.copyOf(holdoutDocuments);
        seenAntonyms = List.copyOf(seenAntonyms);
        unseenAntonyms = List.copyOf(unseenAntonyms);
    }

    /// A word and its opposite, in lower case.
    public record Opposites(String word, String opposite) {
        /// `The opposite of hot is cold.`
        public String sentence() {
            return "The opposite of " + word + " is " + opposite + ".";
        }

        /// `Input: hot` and `Output: cold` on two lines.
        public String fewShot() {
            return "Input: " + word + "\nOutput: " + opposite;
        }

        Opposites turned() {
            return new Opposites(opposite, word);
        }
    }

    /// Makes the text; a few seconds.
    ///
    /// @throws IllegalStateException when WordNet's files are not in the class path
    public static WordNetText make() throws IOException {
        WordNet wordNet = WordNet.load();
        Sentences sentences = new Sentences(wordNet, CommonWords.of(wordNet, COMMON_WORDS));
        Set<String> train = new LinkedHashSet<>();
        Set<String> holdout = new LinkedHashSet<>();
        Set<Opposites> seen = new LinkedHashSet<>();
        Set<Opposites> unseen = new LinkedHashSet<>();
        for (Synset synset : wordNet.synsets()) {
            boolean heldOut = isHeldOut(synset.id());
            String document =
                    sentences.of(synset).stream()
                            .filter(
                                    s ->
                                            heldOut
                                                    || s.others().stream()
                                                            .noneMatch(WordNetText::isHeldOut))
                            .map(Sentences.Sentence::text)
                            .distinct()
                            .collect(Collectors.joining(" "));
            if (!document.isEmpty()) {
                (heldOut ? holdout : train).add(document);
            }
            for (Sentences.Antonyms pair : sentences.antonyms(synset)) {
                boolean either = isHeldOut(pair.first()) || isHeldOut(pair.second());
                (either ? unseen : seen).add(new Opposites(pair.word(), pair.opposite()));
            }
        }
        unseen.removeIf(pair -> seen.contains(pair) || seen.contains(pair.turned()));
        // another synset may have the same example
        holdout.removeAll(new HashSet<>(train));
        Random random = new Random(SEED);
        List<String> trainDocuments = new ArrayList<>(train);
        trainDocuments.addAll(told(seen, TIMES_TOLD, random));
        List<String> holdoutDocuments = new ArrayList<>(holdout);
        holdoutDocuments.addAll(told(unseen, 1, random));
        Collections.shuffle(trainDocuments, random);
        Collections.shuffle(holdoutDocuments, random);
        return new WordNetText(
                trainDocuments, holdoutDocuments, List.copyOf(seen), List.copyOf(unseen));
    }

    private static boolean isHeldOut(Synset.Id id) {
        int hash = (id.partOfSpeech().ordinal() * 1_000_003 + id.offset()) * 0x9E3779B1;
        return (hash >>> 8) % HOLDOUT_ONE_IN == 0;
    }

    /// Each pair so many times as a sentence and so many times in a few-shot block of random pairs.
    private static List<String> told(Set<Opposites> pairs, int times, Random random) {
        List<String> documents = new ArrayList<>();
        for (int time = 0; time < times; time++) {
            List<Opposites> order = new ArrayList<>(pairs);
            Collections.shuffle(order, random);
            order.forEach(pair -> documents.add(pair.sentence()));
            for (int first = 0; first < order.size(); first += PAIRS_PER_BLOCK) {
                List<Opposites> block =
                        order.subList(first, Math.min(order.size(), first + PAIRS_PER_BLOCK));
                documents.add(String.join("\n", block.stream().map(Opposites::fewShot).toList()));
            }
        }
        return documents;
    }

    /// First words of held-out sentences, each once, in a fixed random order: prompts that tell
    /// nothing of the training text.
    public List<String> holdoutPrompts() {
        Set<String> prompts = new LinkedHashSet<>();
        for (String document : holdoutDocuments) {
            for (String sentence : SENTENCE_END.split(document)) {
                String[] words = sentence.split(" ");
                if (sentence.indexOf('\n') < 0 && words.length >= PROMPT_WORDS + 2) {
                    prompts.add(String.join(" ", List.of(words).subList(0, PROMPT_WORDS)));
                }
            }
        }
        return List.copyOf(prompts);
    }
}
