package dev.gyre.cli.client;

import dev.gyre.proto.training.v1.CorpusRef;
import dev.gyre.proto.training.v1.OptimizerSettings;
import dev.gyre.proto.training.v1.PretrainJob;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/// What `gyre jobs pretrain` is told. Ranges, and what excludes what, are checked by the service; 0
/// and an empty text take the contract's defaults, which the descriptions repeat.
final class PretrainOptions {
    @Option(
            names = "--model",
            required = true,
            paramLabel = "NAME",
            description = "Name of the model to make.")
    private String model = "";

    @Option(
            names = "--corpus",
            paramLabel = "NAME@VERSION",
            converter = CorpusConverter.class,
            description =
                    "Sealed corpus to train on, with its own tokenizer, in place of --text."
                            + " 'gyre corpus list' shows the latest version.")
    private @Nullable CorpusRef corpus;

    @Option(
            names = "--text",
            paramLabel = "FILE",
            defaultValue = "",
            description =
                    "wordnet, or a UTF-8 file below texts/ of the artifact store. Default: wordnet.")
    private String text = "";

    @Option(
            names = "--vocabulary",
            paramLabel = "N",
            defaultValue = "0",
            description = "Token ids of the tokenizer trained on --text. Default: 2048.")
    private int vocabulary;

    @Option(
            names = "--layers",
            paramLabel = "N",
            defaultValue = "0",
            description = "Transformer blocks. Default: 4.")
    private int layers;

    @Option(
            names = "--hidden-size",
            paramLabel = "N",
            defaultValue = "0",
            description = "Width of the residual stream. Default: 192.")
    private int hiddenSize;

    @Option(
            names = "--query-heads",
            paramLabel = "N",
            defaultValue = "0",
            description = "Query heads. Default: 3.")
    private int queryHeads;

    @Option(
            names = "--kv-heads",
            paramLabel = "N",
            defaultValue = "0",
            description = "Key-value heads. Default: 1.")
    private int kvHeads;

    @Option(
            names = "--head-size",
            paramLabel = "N",
            defaultValue = "0",
            description = "Width of a head. Default: 64.")
    private int headSize;

    @Option(
            names = "--feed-forward-size",
            paramLabel = "N",
            defaultValue = "0",
            description = "Inner width of the feed-forward part. Default: 512.")
    private int feedForwardSize;

    @Option(
            names = "--context-length",
            paramLabel = "N",
            defaultValue = "0",
            description = "Context in tokens. Default: 256.")
    private int contextLength;

    @Option(
            names = "--batch-size",
            paramLabel = "N",
            defaultValue = "0",
            description = "Sequences per step. Default: 8.")
    private int batchSize;

    @Option(
            names = "--sequence-length",
            paramLabel = "N",
            defaultValue = "0",
            description = "Tokens per sequence. Default: 128, or the context where that is less.")
    private int sequenceLength;

    @Option(
            names = "--steps",
            paramLabel = "N",
            defaultValue = "0",
            description = "Optimiser steps. Default: 2200.")
    private int steps;

    @Option(
            names = "--learning-rate",
            paramLabel = "RATE",
            defaultValue = "0",
            description = "Highest learning rate. Default: 0.002.")
    private double learningRate;

    @Option(
            names = "--warmup-steps",
            paramLabel = "N",
            defaultValue = "0",
            description = "Steps of linear warm-up; -1: none. Default: 50.")
    private int warmupSteps;

    @Option(
            names = "--schedule",
            paramLabel = "NAME",
            defaultValue = "",
            description = "cosine, linear or constant. Default: cosine.")
    private String schedule = "";

    @Option(
            names = "--weight-decay",
            paramLabel = "RATE",
            defaultValue = "0",
            description = "Weight decay; -1: none. Default: 0.01.")
    private double weightDecay;

    @Option(
            names = "--max-gradient-norm",
            paramLabel = "N",
            defaultValue = "0",
            description = "Largest norm of the gradient. Default: 1.")
    private double maxGradientNorm;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "0",
            description = "Seed of first weights and data order. Default: 1.")
    private long seed;

    @Option(
            names = "--variants",
            paramLabel = "NAME",
            split = ",",
            description = "ONNX graphs to export: fp32, int8. Default: both.")
    private List<String> variants = List.of();

    /// What the service is told of them.
    PretrainJob job() {
        PretrainJob.Builder job =
                PretrainJob.newBuilder()
                        .setModelName(model)
                        .setText(text)
                        .setVocabularySize(vocabulary)
                        .setLayers(layers)
                        .setHiddenSize(hiddenSize)
                        .setQueryHeads(queryHeads)
                        .setKvHeads(kvHeads)
                        .setHeadSize(headSize)
                        .setFeedForwardSize(feedForwardSize)
                        .setContextLength(contextLength)
                        .setBatchSize(batchSize)
                        .setSequenceLength(sequenceLength)
                        .setSteps(steps)
                        .setOptimizer(
                                OptimizerSettings.newBuilder()
                                        .setLearningRate(learningRate)
                                        .setWarmupSteps(warmupSteps)
                                        .setSchedule(schedule)
                                        .setWeightDecay(weightDecay)
                                        .setMaxGradientNorm(maxGradientNorm))
                        .setSeed(seed)
                        .addAllVariants(variants);
        if (corpus != null) {
            job.setCorpus(corpus);
        }
        return job.build();
    }

    /// Reads `NAME@VERSION`.
    private static final class CorpusConverter implements ITypeConverter<CorpusRef> {
        @Override
        public CorpusRef convert(String text) {
            int at = text.indexOf('@');
            if (at < 1 || at == text.length() - 1) {
                throw new TypeConversionException(
                        "'%s' is not NAME@VERSION; 'gyre corpus list' shows names and latest versions"
                                .formatted(text));
            }
            return CorpusRef.newBuilder()
                    .setName(text.substring(0, at))
                    .setVersion(text.substring(at + 1))
                    .build();
        }
    }
}
