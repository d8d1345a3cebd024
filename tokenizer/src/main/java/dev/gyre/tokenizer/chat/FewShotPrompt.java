package dev.gyre.tokenizer.chat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A prompt that shows a task by examples:
///
/// ```
/// Input: hot
/// Output: cold
///
/// Input: tall
/// Output:
/// ```
///
/// The model is to go on after the last label; [#stop] ends its answer.
///
/// @param inputLabel stands before what is given, without the blank that follows
/// @param outputLabel stands before what is wanted
/// @param separator stands between examples
public record FewShotPrompt(String inputLabel, String outputLabel, String separator) {
    private static final String BLANK_LINE = "\n\n";

    /// Labels "Input:" and "Output:", a blank line between examples; its name is `input-output`.
    public static final FewShotPrompt DEFAULT = new FewShotPrompt("Input:", "Output:", BLANK_LINE);

    private static final Map<String, FewShotPrompt> NAMED = new TreeMap<>();

    static {
        NAMED.put("input-output", DEFAULT);
        NAMED.put("question-answer", new FewShotPrompt("Question:", "Answer:", BLANK_LINE));
        NAMED.put("q-a", new FewShotPrompt("Q:", "A:", BLANK_LINE));
        NAMED.put("text-label", new FewShotPrompt("Text:", "Label:", BLANK_LINE));
    }

    /// The template of a name: `input-output`, `q-a`, `question-answer` or `text-label`, each with
    /// a blank line between examples.
    ///
    /// @throws IllegalArgumentException if there is none of this name
    public static FewShotPrompt named(String name) {
        FewShotPrompt prompt = NAMED.get(name);
        if (prompt == null) {
            throw new IllegalArgumentException(
                    "there is no few-shot template \"%s\"; there are %s"
                            .formatted(name, String.join(", ", NAMED.keySet())));
        }
        return prompt;
    }

    /// @throws IllegalArgumentException if a part is empty
    public FewShotPrompt {
        if (inputLabel.isBlank() || outputLabel.isBlank() || separator.isEmpty()) {
            throw new IllegalArgumentException(
                    "labels must not be blank and the separator not empty: \"%s\", \"%s\", \"%s\""
                            .formatted(inputLabel, outputLabel, separator));
        }
    }

    /// One solved case.
    public record Example(String input, String output) {}

    /// The prompt: all examples, then the input whose output is asked for. It ends with the output
    /// label and no blank, since a token begins with its blank.
    ///
    /// @throws IllegalArgumentException if an input or output has the separator, which would make
    ///   two cases of one
    public String format(List<Example> examples, String input) {
        StringBuilder prompt = new StringBuilder();
        for (Example example : examples) {
            prompt.append(format(example)).append(separator);
        }
        requireWhole("the input", input);
        return prompt.append(inputLabel)
                .append(' ')
                .append(input)
                .append('\n')
                .append(outputLabel)
                .toString();
    }

    /// One example as it stands in the prompt, for training on such blocks.
    ///
    /// @throws IllegalArgumentException if its input or output has the separator
    public String format(Example example) {
        requireWhole("an example's input", example.input());
        requireWhole("an example's output", example.output());
        return inputLabel + ' ' + example.input() + '\n' + outputLabel + ' ' + example.output();
    }

    private void requireWhole(String what, String text) {
        if (text.contains(separator)) {
            throw new IllegalArgumentException(
                    "%s has the separator \"%s\" in it; choose another separator, or take it out"
                            .formatted(what, separator.replace("\n", "\\n")));
        }
    }

    /// The text at which an answer ends: a model that goes on with a further example has said all.
    public String stop() {
        return separator;
    }
}
