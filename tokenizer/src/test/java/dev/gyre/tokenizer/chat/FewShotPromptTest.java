package dev.gyre.tokenizer.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class FewShotPromptTest {
    @Test
    void showsTheExamplesAndAsksForTheLastOutput() {
        List<FewShotPrompt.Example> examples =
                List.of(
                        new FewShotPrompt.Example("hot", "cold"),
                        new FewShotPrompt.Example("up", "down"));

        assertThat(FewShotPrompt.DEFAULT.format(examples, "tall"))
                .isEqualTo(
                        "Input: hot\nOutput: cold\n\nInput: up\nOutput: down\n\nInput: tall\nOutput:");
        assertThat(FewShotPrompt.DEFAULT.stop()).isEqualTo("\n\n");
    }

    @Test
    void takesOtherLabels() {
        FewShotPrompt prompt = new FewShotPrompt("Q:", "A:", "\n");

        assertThat(prompt.format(List.of(), "why?")).isEqualTo("Q: why?\nA:");
        assertThat(prompt.format(new FewShotPrompt.Example("a", "b"))).isEqualTo("Q: a\nA: b");
    }

    @Test
    void hasTemplatesByName() {
        assertThat(FewShotPrompt.named("input-output")).isEqualTo(FewShotPrompt.DEFAULT);
        assertThat(FewShotPrompt.named("q-a").format(List.of(), "why?")).isEqualTo("Q: why?\nA:");
        assertThatThrownBy(() -> FewShotPrompt.named("other")).hasMessageContaining("text-label");
    }

    @Test
    void refusesTextThatWouldMakeTwoCasesOfOne() {
        assertThatThrownBy(
                        () ->
                                FewShotPrompt.DEFAULT.format(
                                        List.of(), "hot\n\nInput: up\nOutput: x"))
                .hasMessageContaining("\\n\\n");
        assertThatThrownBy(
                        () ->
                                FewShotPrompt.DEFAULT.format(
                                        List.of(new FewShotPrompt.Example("a", "b\n\nc")), "d"))
                .hasMessageContaining("an example's output");
    }

    @Test
    void refusesEmptyParts() {
        assertThatThrownBy(() -> new FewShotPrompt(" ", "A:", "\n")).hasMessageContaining("blank");
    }
}
