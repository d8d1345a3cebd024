package dev.gyre.inference.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class StopTextsTest {
    @Test
    void holdsBackWhatCouldBeginAStopText() {
        StopTexts stops = new StopTexts(List.of("END"));

        assertThat(stops.add("the E")).isEqualTo("the ");
        assertThat(stops.add("N")).isEmpty();
        assertThat(stops.add("T")).isEqualTo("ENT");
        assertThat(stops.add(" EN")).isEqualTo(" ");
        assertThat(stops.add("D of")).isEmpty();
        assertThat(stops.found()).isTrue();
        assertThat(stops.end()).isEmpty();
    }

    @Test
    void letsTheRestThroughAtTheEnd() {
        StopTexts stops = new StopTexts(List.of("\n\n"));

        assertThat(stops.add("a\n")).isEqualTo("a");
        assertThat(stops.end()).isEqualTo("\n");
        assertThat(stops.found()).isFalse();
    }

    @Test
    void takesTheStopTextThatComesFirst() {
        StopTexts stops = new StopTexts(List.of("world", "lo"));

        assertThat(stops.add("hello world")).isEqualTo("hel");
        assertThat(stops.found()).isTrue();
    }

    @RepeatedTest(50)
    void givesTheSameTextHoweverItIsCut(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        String text = letters(random, 40);
        List<String> texts = List.of(letters(random, 3), letters(random, 4));
        int expectedEnd =
                texts.stream().mapToInt(text::indexOf).filter(at -> at >= 0).min().orElse(40);

        StopTexts stops = new StopTexts(texts);
        StringBuilder seen = new StringBuilder();
        for (int at = 0; at < text.length(); ) {
            int next = Math.min(text.length(), at + random.nextInt(4));
            seen.append(stops.add(text.substring(at, next)));
            at = next;
        }
        seen.append(stops.end());

        assertThat(seen.toString()).isEqualTo(text.substring(0, expectedEnd));
    }

    private static String letters(Random random, int length) {
        StringBuilder letters = new StringBuilder();
        for (int i = 0; i < length; i++) {
            letters.append((char) ('a' + random.nextInt(2)));
        }
        return letters.toString();
    }
}
