package dev.gyre.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TextFittingTest {
    static Stream<String> shapes() {
        return Stream.of("roberta", "bert-uncased", "llama2", "t5", "prefix-space");
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void keepsWholeCharactersThatFit(String shape) {
        Tokenizer tokenizer = PipelineParityTest.tokenizer(shape);

        for (var node : Golden.zippedJson("pipelines.json.gz").get("texts")) {
            String text = node.textValue();
            int tokens = tokenizer.encode(text).length;
            for (int most : new int[] {0, 1, 2, tokens / 2, Math.max(0, tokens - 1), tokens}) {
                for (boolean keepEnd : new boolean[] {false, true}) {
                    TextFitting.Fitted fitted = TextFitting.fit(tokenizer, text, most, keepEnd);

                    assertThat(fitted.ids()).hasSizeLessThanOrEqualTo(most);
                    assertThat(fitted.ids()).isEqualTo(tokenizer.encode(fitted.text()));
                    assertThat(
                                    keepEnd
                                            ? text.endsWith(fitted.text())
                                            : text.startsWith(fitted.text()))
                            .isTrue();
                    assertThat(fitted.text().codePoints().filter(c -> c >= 0xD800 && c < 0xE000))
                            .isEmpty();
                    assertThat(fitted.truncated()).isEqualTo(tokens > most);
                }
            }
        }
    }

    @Test
    void keepsNearlyAllThatFits() {
        Tokenizer tokenizer = PipelineParityTest.tokenizer("roberta");
        String text = "the quick brown fox jumps over the lazy dog ".repeat(20);

        assertThat(TextFitting.fit(tokenizer, text, 40, false).ids().length).isGreaterThan(35);
        assertThat(TextFitting.fit(tokenizer, text, 40, true).ids().length).isGreaterThan(35);
        assertThatThrownBy(() -> TextFitting.fit(tokenizer, text, -1, true))
                .hasMessageContaining("-1");
    }
}
