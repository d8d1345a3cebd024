package dev.gyre.tokenizer.chat;

import java.util.List;

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
    /// Labels "Input:" and "Output:", a blank line between examples.
    public static final FewShotPrompt DEFAULT = new FewShotPrompt("Input:", "Output:", "\n\n");

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
    public String format(List<Example> examples, String input) {
        StringBuilder prompt = new StringBuilder();
        for (Example example : examples) {
            prompt.append(format(example)).append(separator);
        }
        return prompt.append(inputLabel)
                .append(' ')
                .append(input)
                .append('\n')
                .append(outputLabel)
                .toString();
    }

    /// One example as it stands in the prompt, for training on such blocks.
    public String format(Example example) {
        return inputLabel + ' ' + example.input() + '\n' + outputLabel + ' ' + example.output();
    }

    /// The text at which an answer ends: a model that goes on with a further example has said all.
    public String stop() {
        return separator;
    }
}
