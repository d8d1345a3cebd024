package dev.gyre.tokenizer.split;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gyre.tokenizer.text.Utf8Text;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Pieces that are found a window at a time, against Java's regular expressions.
class PieceScannerTest {
    /// What the windows know, and a little of what they stop at. Each text has a few of these only,
    /// so that runs and neighbours of all kinds come up at every place of a window.
    private static final String[] ALPHABET = {
        "a",
        "b",
        "Z",
        "aB",
        "s",
        "'",
        "'s",
        "n't",
        "1",
        "23",
        "4567",
        " ",
        " ",
        "  ",
        "\t",
        "\n",
        "\n",
        "\r",
        "\r\n",
        "(",
        ")",
        ";",
        "/",
        "//",
        "-",
        "_",
        "=",
        "\u2019",
        "\u201c",
        "\u2014",
        "\u2010",
        "\u2027",
        "\u2028",
        "\u200f",
        "\u20ac",
        "\u000b",
        "\f",
        "\0",
        "\u007f",
        "é",
        "É",
        "ß",
        "×",
        "÷",
        "ſ",
        "«",
        "\u00a0",
        "²",
        "ж",
        "Ж",
        "ё",
        "р",
        "日",
        "本",
        "の",
        "カ",
        "ー",
        "・",
        "ゟ",
        "、",
        "。",
        "「",
        "，",
        "！",
        "１",
        "Ａ",
        "\u3000",
        "々",
        "〇",
        "한",
        "국",
        "\u3099",
        "🙂",
        "word",
        " word",
        " Word",
        "wordWord"
    };

    /// Every character of one to three bytes between others, so that no kind is mistaken for
    /// another.
    @ParameterizedTest
    @EnumSource
    void knowsEveryCharacter(SplitPattern pattern) {
        for (int first = 0; first < Character.MAX_VALUE; first += 64) {
            StringBuilder text = new StringBuilder();
            for (int next = first; next < first + 64; next++) {
                char it = (char) next;
                if (!Character.isSurrogate(it)) {
                    text.append("ab").append(it).append("b A").append(it).append(it);
                    text.append("(. ").append(it).append("'日").append(it).append("a\n");
                    text.append(it).append("C1").append(it).append(' ');
                }
            }

            assertThat(ends(pattern.scanner(), text.toString()))
                    .as("from U+%04X", first)
                    .isEqualTo(ends(RegexPieces.of(pattern, text.toString())));
        }
    }

    @ParameterizedTest
    @EnumSource
    void cutsAsTheRegularExpressionDoes(SplitPattern pattern) {
        for (int seed = 0; seed < 8_000; seed++) {
            String text = text(new Random(seed));

            assertThat(ends(pattern.scanner(), text))
                    .as("seed %d: %s", seed, text)
                    .isEqualTo(ends(RegexPieces.of(pattern, text)));
        }
    }

    private static String text(Random random) {
        int kinds = 2 + random.nextInt(5);
        String[] some = new String[kinds];
        for (int i = 0; i < kinds; i++) {
            some[i] = ALPHABET[random.nextInt(ALPHABET.length)];
        }
        int length = 60 + random.nextInt(240);
        StringBuilder text = new StringBuilder();
        while (text.length() < length) {
            text.append(some[random.nextInt(kinds)]);
        }
        return text.toString();
    }

    private static List<Integer> ends(PieceScanner scanner, String text) {
        Utf8Text utf8 = Utf8Text.of(text);
        List<Integer> ends = new ArrayList<>();
        int[] block = new int[100];
        for (int position = 0; position < utf8.length(); ) {
            int count = scanner.scan(utf8.bytes(), position, utf8.length(), block);
            for (int i = 0; i < count; i++) {
                ends.add(block[i]);
            }
            position = block[count - 1];
        }
        return ends;
    }

    private static List<Integer> ends(List<String> pieces) {
        List<Integer> ends = new ArrayList<>();
        int end = 0;
        for (String piece : pieces) {
            end += piece.getBytes(StandardCharsets.UTF_8).length;
            ends.add(end);
        }
        return ends;
    }
}
