package dev.gyre.training.wordnet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class WordNetTextTest {
    private static WordNetText text = new WordNetText(List.of(), List.of(), List.of(), List.of());

    @BeforeAll
    static void make() throws IOException {
        text = WordNetText.make();
    }

    @Test
    void readsASynset() {
        Synset synset =
                Synset.parse(
                        "00014490 00 a 02 big(p) 0 big_deal 0 002 ! 00014858 a 0101 & 00015230 a"
                                + " 0000 | (often followed by `of') above average; \"a big city\"");

        assertThat(synset.words()).containsExactly("big", "big deal");
        assertThat(synset.definition()).isEqualTo("above average");
        assertThat(synset.examples()).containsExactly("a big city");
        assertThat(synset.pointers())
                .containsExactly(
                        new Synset.Pointer("!", new Synset.Id(PartOfSpeech.ADJECTIVE, 14858), 0, 0),
                        new Synset.Pointer(
                                "&", new Synset.Id(PartOfSpeech.ADJECTIVE, 15230), -1, -1));
    }

    @Test
    void makesMegabytesOfSentencesAndFewShotBlocks() {
        long bytes = text.trainDocuments().stream().mapToLong(String::length).sum();

        assertThat(bytes).isBetween(3_000_000L, 5_000_000L);
        assertThat(text.trainDocuments())
                .contains("The opposite of liquid is gaseous.")
                .anyMatch(document -> document.endsWith("A boundary is a kind of line."))
                .anyMatch(document -> document.contains("Input: liquid\nOutput: gaseous"));
    }

    @Test
    void nothingHeldOutIsTrainedOn() {
        Set<String> train = new HashSet<>(text.trainDocuments());
        Set<String> pairs = new HashSet<>();
        Pattern pair = Pattern.compile("Input: (.*)\nOutput: (.*)");
        for (String document : text.trainDocuments()) {
            Matcher shots = pair.matcher(document);
            while (shots.find()) {
                pairs.add(shots.group(1) + "/" + shots.group(2));
            }
        }

        assertThat(text.holdoutDocuments()).hasSizeGreaterThan(3000).noneMatch(train::contains);
        assertThat(text.unseenAntonyms())
                .hasSizeGreaterThan(100)
                .noneMatch(
                        unseen ->
                                train.contains(unseen.sentence())
                                        || train.contains(unseen.turned().sentence())
                                        || pairs.contains(unseen.word() + "/" + unseen.opposite()));
    }

    /// Synonyms share a definition: the very same one must not be on both sides.
    @Test
    void aDefinitionIsOnOneSideOnly() {
        Set<String> definitions = new HashSet<>();
        text.trainDocuments().forEach(document -> definitions.add(afterVerb(document)));
        definitions.remove("");

        long shared =
                text.holdoutDocuments().stream()
                        .map(WordNetTextTest::afterVerb)
                        .filter(definition -> definition.length() > 40)
                        .filter(definitions::contains)
                        .count();

        assertThat(shared).isLessThan(20); // different synsets with the same words
    }

    private static String afterVerb(String document) {
        int means = document.indexOf(" means ");
        int is = document.indexOf(" is ");
        int at = means >= 0 ? means + 7 : is >= 0 ? is + 4 : document.length();
        return document.substring(at);
    }

    @Test
    void givesThousandsOfPromptsOnce() {
        assertThat(text.holdoutPrompts())
                .hasSizeGreaterThan(3500)
                .doesNotHaveDuplicates()
                .allMatch(prompt -> prompt.split(" ").length == 4);
    }

    @Test
    void theSameCodeMakesTheSameText() throws IOException {
        assertThat(WordNetText.make()).isEqualTo(text);
    }
}
