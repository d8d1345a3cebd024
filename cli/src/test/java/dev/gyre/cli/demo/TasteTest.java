package dev.gyre.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TasteTest {
    private final Taste.Frequencies frequencies =
            new Taste.Frequencies(Map.of("the", 80, "dog", 15, "quark", 5));

    @Test
    void likesCommonWordsAndNoRepetition() {
        Taste taste = Taste.standardisedOn(frequencies, List.of("the dog", "quark dog", "the"));

        assertThat(taste.of("the dog")).isGreaterThan(taste.of("quark dog"));
        assertThat(taste.of("the dog the dog"))
                .isEqualTo(taste.of("the dog") - 2.0 / 3, within(1e-12));
        assertThat(taste.of("")).isEqualTo(-3);
    }

    @Test
    void isStandardisedOnTheBaseModelsAnswers() {
        Taste taste = Taste.standardisedOn(frequencies, List.of("the", "quark"));

        assertThat(taste.of("the")).isEqualTo(1, within(1e-9));
        assertThat(taste.of("quark")).isEqualTo(-1, within(1e-9));
    }

    @Test
    void countsHalfForAWordThatNeverOccurs() {
        assertThat(frequencies.meanLogarithm(List.of("zebra")))
                .isEqualTo(Math.log(0.005), within(1e-12));
    }

    @Test
    void refusesAnswersThatDoNotDiffer() {
        assertThatThrownBy(() -> Taste.standardisedOn(frequencies, List.of("the", "The")))
                .hasMessageContaining("do not differ");
    }
}
