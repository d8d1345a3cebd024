package dev.gyre.cli.client;

import dev.gyre.proto.tokenizer.v1.TokenizerAlgorithm;
import dev.gyre.proto.tokenizer.v1.TrainSettings;
import java.util.List;
import picocli.CommandLine.Option;

/// How `gyre tokenizer train` is asked to train. What the algorithm has no use for is refused by
/// the service.
final class TrainingOptions {
    /// What is learned.
    enum Algorithm {
        BYTE_LEVEL_BPE,
        CHARACTER_BPE,
        WORDPIECE,
        UNIGRAM
    }

    @Option(
            names = "--algorithm",
            paramLabel = "ALGORITHM",
            defaultValue = "BYTE_LEVEL_BPE",
            description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private Algorithm algorithm = Algorithm.BYTE_LEVEL_BPE;

    @Option(
            names = "--vocabulary",
            paramLabel = "N",
            defaultValue = "8192",
            description = "Token ids wanted. Default: ${DEFAULT-VALUE}.")
    private int vocabulary;

    @Option(
            names = "--special",
            paramLabel = "TOKEN",
            description = "A special token, such as <|endoftext|>; may be repeated.")
    private List<String> special = List.of();

    @Option(
            names = "--unknown",
            paramLabel = "TOKEN",
            defaultValue = "",
            description =
                    "Token for what the vocabulary cannot spell. Default: [UNK] for WORDPIECE, <unk>"
                            + " for UNIGRAM, none for CHARACTER_BPE.")
    private String unknown = "";

    @Option(
            names = "--pattern",
            paramLabel = "NAME",
            defaultValue = "",
            description =
                    "How BYTE_LEVEL_BPE cuts text: gpt2 (default), smollm, cl100k, cl100k_base,"
                            + " qwen2 or o200k.")
    private String pattern = "";

    @Option(
            names = "--minimum-count",
            paramLabel = "N",
            defaultValue = "0",
            description = "A pair must be this frequent to become a token. Default: 1.")
    private long minimumCount;

    @Option(names = "--cased", description = "WORDPIECE keeps upper case and accents.")
    private boolean cased;

    @Option(
            names = "--coverage",
            paramLabel = "SHARE",
            defaultValue = "0",
            description = "Share of characters that UNIGRAM makes tokens of. Default: 0.9995.")
    private double coverage;

    @Option(
            names = "--byte-fallback",
            description = "UNIGRAM spells characters without a token with bytes.")
    private boolean byteFallback;

    TrainSettings settings(String name) {
        return TrainSettings.newBuilder()
                .setName(name)
                .setAlgorithm(TokenizerAlgorithm.valueOf("TOKENIZER_ALGORITHM_" + algorithm))
                .setVocabularySize(vocabulary)
                .addAllSpecialTokens(special)
                .setUnknownToken(unknown)
                .setSplitPattern(pattern)
                .setMinimumCount(minimumCount)
                .setCased(cased)
                .setCharacterCoverage(coverage)
                .setByteFallback(byteFallback)
                .build();
    }
}
