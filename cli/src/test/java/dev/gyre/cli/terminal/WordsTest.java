package dev.gyre.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WordsTest {
    @Test
    void bytesAreDecimalMegabytesThenGigabytes() {
        assertThat(Words.bytes(92_871_040)).isEqualTo("92.9 MB");
        assertThat(Words.bytes(1_234_000_000)).isEqualTo("1.23 GB");
    }

    @Test
    void longTimesAreInMinutes() {
        assertThat(Words.seconds(42.4)).isEqualTo("42 s");
        assertThat(Words.seconds(200)).isEqualTo("3 min 20 s");
        assertThat(Words.seconds(-3)).isEqualTo("0 s");
    }

    @Test
    void saysHowMuchIsDone() {
        assertThat(Words.progress("merging", 5_000, 32_000)).isEqualTo("merging 5,000 of 32,000");
        assertThat(Words.progress("reading", 1_234, 0)).isEqualTo("reading 1,234");
    }
}
