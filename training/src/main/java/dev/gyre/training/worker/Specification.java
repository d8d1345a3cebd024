package dev.gyre.training.worker;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.gyre.artifacts.ModelVersion;
import dev.gyre.artifacts.shards.CorpusVersion;
import dev.gyre.model.Architecture;
import dev.gyre.model.DataType;
import dev.gyre.model.ModelConfig;
import dev.gyre.model.OnnxVariant;
import dev.gyre.proto.training.v1.DatasetRef;
import dev.gyre.proto.training.v1.DpoJob;
import dev.gyre.proto.training.v1.EvaluateJob;
import dev.gyre.proto.training.v1.JobSpec;
import dev.gyre.proto.training.v1.ModelRef;
import dev.gyre.proto.training.v1.PretrainJob;
import dev.gyre.proto.training.v1.RewardJob;
import dev.gyre.training.engine.OptimizerSettings;
import dev.gyre.training.engine.Schedule;
import dev.gyre.training.evaluate.EvaluationSettings;
import dev.gyre.training.preference.DpoSettings;
import dev.gyre.training.preference.RewardSettings;
import dev.gyre.training.pretrain.PretrainSettings;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// The contract's job messages → the trainers' settings, with the defaults that the contract names.
/// A value of 0 or an empty text takes its default.
final class Specification {
    /// PyTorch's. On the starter, 500 steps: 1.859 bits per byte; 1.902 with 0.95 and a decay of
    /// 0.1, which suit larger batches.
    private static final double BETA2 = 0.999;

    private static final double WEIGHT_DECAY = 0.01;

    private Specification() {}

    /// Reads a request.
    ///
    /// @throws IllegalArgumentException when it is no JobSpec, or of no kind
    static JobSpec parse(String json) {
        JobSpec.Builder spec = JobSpec.newBuilder();
        try {
            JsonFormat.parser().merge(json, spec);
        } catch (InvalidProtocolBufferException malformed) {
            throw new IllegalArgumentException(
                    "the request is no JobSpec: " + malformed.getMessage(), malformed);
        }
        if (spec.getKindCase() == JobSpec.KindCase.KIND_NOT_SET) {
            throw new IllegalArgumentException(
                    "the request names no kind of job; set one of import_model, pretrain, reward,"
                            + " dpo, evaluate");
        }
        return spec.build();
    }

    /// @param endOfText the tokenizer's id
    static ModelConfig modelConfig(PretrainJob job, int vocabularySize, int endOfText) {
        return new ModelConfig(
                Architecture.LLAMA_CAUSAL,
                vocabularySize,
                or(job.getLayers(), 4),
                or(job.getHiddenSize(), 192),
                or(job.getQueryHeads(), 3),
                or(job.getKvHeads(), 1),
                or(job.getHeadSize(), 64),
                or(job.getFeedForwardSize(), 512),
                contextLength(job),
                10_000,
                1e-5,
                true,
                endOfText,
                List.of(endOfText),
                endOfText,
                DataType.F32);
    }

    /// Refuses before the training what the export would refuse after it: int8 weights come in
    /// blocks of 32.
    static void checkExportable(PretrainJob job, Set<OnnxVariant> variants) {
        if (!variants.contains(OnnxVariant.INT8)) {
            return;
        }
        ModelConfig config = modelConfig(job, vocabularySize(job), 0);
        multipleOf32("hidden_size", config.hiddenSize());
        multipleOf32("query_heads times head_size", config.querySize());
        multipleOf32("feed_forward_size", config.feedForwardSize());
    }

    private static void multipleOf32(String name, int value) {
        if (value % 32 != 0) {
            throw new IllegalArgumentException(
                    name
                            + " is "
                            + value
                            + ", the int8 variant needs a multiple of 32; ask for the variant fp32"
                            + " only");
        }
    }

    static int vocabularySize(PretrainJob job) {
        return or(job.getVocabularySize(), 2048);
    }

    private static int contextLength(PretrainJob job) {
        return or(job.getContextLength(), 256);
    }

    static PretrainSettings pretrain(PretrainJob job) {
        int sequence = or(job.getSequenceLength(), Math.min(128, contextLength(job)));
        if (sequence > contextLength(job)) {
            throw new IllegalArgumentException(
                    "sequence_length is "
                            + sequence
                            + ", it must be at most context_length "
                            + contextLength(job));
        }
        return new PretrainSettings(
                or(job.getBatchSize(), 8),
                sequence,
                or(job.getSteps(), 2200),
                optimizer(job.getOptimizer(), 2e-3, 50, "cosine"),
                or(job.getSeed(), 1));
    }

    /// @param pairs training pairs, from which the warm-up's default follows
    static RewardSettings reward(RewardJob job, int pairs) {
        int batch = or(job.getBatchSize(), 32);
        int epochs = or(job.getEpochs(), 2);
        int warmup = steps(pairs, batch, epochs) / 10;
        return new RewardSettings(
                batch,
                epochs,
                optimizer(job.getOptimizer(), 1e-4, warmup, "linear"),
                or(job.getSeed(), 1));
    }

    /// @param pairs training pairs, from which the warm-up's default follows
    static DpoSettings dpo(DpoJob job, int pairs) {
        int batch = or(job.getBatchSize(), 32);
        int epochs = or(job.getEpochs(), 2);
        int warmup = steps(pairs, batch, epochs) / 10;
        return new DpoSettings(
                or(job.getBeta(), 0.1),
                batch,
                or(job.getMicroBatchSize(), 4),
                epochs,
                optimizer(job.getOptimizer(), 5e-5, warmup, "linear"),
                or(job.getSeed(), 1));
    }

    private static int steps(int pairs, int batch, int epochs) {
        return batch < 1 || epochs < 1 ? 0 : (pairs + batch - 1) / batch * epochs;
    }

    static EvaluationSettings evaluation(EvaluateJob job, int textWindow) {
        return new EvaluationSettings(
                textWindow,
                or(job.getSampledPrompts(), 64),
                or(job.getMaxTokens(), 48),
                or(job.getSeed(), 1));
    }

    private static OptimizerSettings optimizer(
            dev.gyre.proto.training.v1.OptimizerSettings settings,
            double learningRate,
            int warmup,
            String schedule) {
        String name = settings.getSchedule().isEmpty() ? schedule : settings.getSchedule();
        return new OptimizerSettings(
                or(settings.getLearningRate(), learningRate),
                settings.getWarmupSteps() == -1 ? 0 : or(settings.getWarmupSteps(), warmup),
                Schedule.parse(name),
                settings.getWeightDecay() == -1 ? 0 : or(settings.getWeightDecay(), WEIGHT_DECAY),
                or(settings.getMaxGradientNorm(), 1),
                BETA2);
    }

    /// @param names of the contract; empty: `defaults`
    static Set<OnnxVariant> variants(List<String> names, Set<OnnxVariant> defaults) {
        if (names.isEmpty()) {
            return defaults;
        }
        Set<OnnxVariant> variants = EnumSet.noneOf(OnnxVariant.class);
        for (String name : names) {
            variants.add(
                    Arrays.stream(OnnxVariant.values())
                            .filter(variant -> variant.folder().equals(name))
                            .findFirst()
                            .orElseThrow(
                                    () ->
                                            new IllegalArgumentException(
                                                    "variant is '"
                                                            + name
                                                            + "', it must be fp32 or int8")));
        }
        return variants;
    }

    /// @param field for messages
    static ModelVersion model(String field, ModelRef model) {
        if (model.getName().isEmpty() || model.getVersion().isEmpty()) {
            throw new IllegalArgumentException(
                    field + " is not set; give a model's name and version");
        }
        return new ModelVersion(model.getName(), model.getVersion());
    }

    /// The corpus that a job names.
    ///
    /// @param project of the job
    static CorpusVersion corpus(PretrainJob job, String project) {
        if (!job.getText().isEmpty() || job.getVocabularySize() != 0) {
            throw new IllegalArgumentException(
                    String.format(
                            "text is '%s' and vocabulary_size %d beside corpus, which brings its text"
                                    + " and its tokenizer; leave both unset, or leave out corpus",
                            job.getText(), job.getVocabularySize()));
        }
        return new CorpusVersion(project, job.getCorpus().getName(), job.getCorpus().getVersion());
    }

    static DatasetRef dataset(DatasetRef dataset) {
        if (dataset.getId().isEmpty()) {
            throw new IllegalArgumentException("dataset is not set; give a data set's id and hash");
        }
        return dataset;
    }

    static String text(String text) {
        return text.isEmpty() ? "wordnet" : text;
    }

    static int or(int value, int byDefault) {
        return value == 0 ? byDefault : value;
    }

    private static long or(long value, long byDefault) {
        return value == 0 ? byDefault : value;
    }

    private static double or(double value, double byDefault) {
        return value == 0 ? byDefault : value;
    }
}
