package dev.gyre.model;

import java.util.Arrays;

/// What the body carries on top, under Hugging Face's class names.
public enum Architecture {
    /// A language model: the head gives one logit for each entry of the vocabulary.
    LLAMA_CAUSAL("LlamaForCausalLM"),
    /// A reward model: `score.weight` of shape `[1, hidden]` gives one number for a sequence.
    LLAMA_SEQUENCE_CLASSIFICATION("LlamaForSequenceClassification");

    private final String className;

    Architecture(String className) {
        this.className = className;
    }

    /// Hugging Face's class, the entry of `architectures` in config.json.
    public String className() {
        return className;
    }

    static Architecture of(String className) {
        return Arrays.stream(values())
                .filter(architecture -> architecture.className.equals(className))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "architecture '%s' is not supported; supported are %s"
                                                .formatted(
                                                        className,
                                                        Arrays.stream(values())
                                                                .map(Architecture::className)
                                                                .toList())));
    }
}
