package dev.gyre.trainer.jobs;

import dev.gyre.artifacts.ArtifactStore;
import dev.gyre.artifacts.ModelVersion;
import dev.gyre.artifacts.shards.CorpusVersion;
import dev.gyre.proto.training.v1.DatasetRef;
import dev.gyre.proto.training.v1.DpoJob;
import dev.gyre.proto.training.v1.EvaluateJob;
import dev.gyre.proto.training.v1.ImportJob;
import dev.gyre.proto.training.v1.JobSpec;
import dev.gyre.proto.training.v1.ModelRef;
import dev.gyre.proto.training.v1.OptimizerSettings;
import dev.gyre.proto.training.v1.PretrainJob;
import dev.gyre.proto.training.v1.RewardJob;
import java.util.List;
import java.util.Set;

/// What can be said about a specification before a worker reads it: required fields, ranges, names.
/// Whether the named models and files exist and fit is for the worker to say. A numeric field of 0
/// (or an empty text) takes its default and is always right.
final class SpecificationChecks {
    private static final Set<String> VARIANTS = Set.of("fp32", "int8");
    private static final Set<String> SCHEDULES = Set.of("cosine", "linear", "constant");

    private SpecificationChecks() {}

    /// Checks a specification.
    ///
    /// @throws IllegalArgumentException naming the field, its value, the limit and the remedy
    static void check(JobSpec spec) {
        switch (SpecificationMessages.kind(spec)) {
            case IMPORT -> check(spec.getImportModel());
            case PRETRAIN -> check(spec.getPretrain());
            case REWARD -> check(spec.getReward());
            case DPO -> check(spec.getDpo());
            case EVALUATE -> check(spec.getEvaluate());
        }
    }

    private static void check(ImportJob job) {
        name("import_model.model_name", job.getModelName(), true);
        path("import_model.source", job.getSource(), "imports/", true);
        sha256("import_model.source_sha256", job.getSourceSha256(), false);
        require(
                !job.getLicense().isBlank() && job.getLicense().length() <= 100,
                "import_model.license",
                job.getLicense(),
                "1 to 100 characters, the SPDX name of the weights' licence, for example Apache-2.0");
        variants("import_model.variants", job.getVariantsList());
    }

    private static void check(PretrainJob job) {
        name("pretrain.model_name", job.getModelName(), true);
        if (job.hasCorpus()) {
            corpus(job);
        }
        path("pretrain.text", job.getText(), "texts/", false);
        range("pretrain.vocabulary_size", job.getVocabularySize(), 257, 65_536);
        range("pretrain.layers", job.getLayers(), 1, 64);
        range("pretrain.hidden_size", job.getHiddenSize(), 8, 8192);
        multiple("pretrain.hidden_size", job.getHiddenSize(), 8);
        range("pretrain.query_heads", job.getQueryHeads(), 1, 256);
        range("pretrain.kv_heads", job.getKvHeads(), 1, 256);
        int queryHeads = job.getQueryHeads() == 0 ? 3 : job.getQueryHeads();
        int kvHeads = job.getKvHeads() == 0 ? 1 : job.getKvHeads();
        require(
                queryHeads % kvHeads == 0,
                "pretrain.kv_heads",
                kvHeads,
                "a divisor of query_heads, which is " + queryHeads);
        range("pretrain.head_size", job.getHeadSize(), 2, 512);
        multiple("pretrain.head_size", job.getHeadSize(), 2);
        range("pretrain.feed_forward_size", job.getFeedForwardSize(), 1, 65_536);
        range("pretrain.context_length", job.getContextLength(), 8, 8192);
        range("pretrain.batch_size", job.getBatchSize(), 1, 4096);
        int context = job.getContextLength() == 0 ? 256 : job.getContextLength();
        int sequence =
                job.getSequenceLength() == 0 ? Math.min(128, context) : job.getSequenceLength();
        require(
                sequence >= 2 && sequence <= context,
                "pretrain.sequence_length",
                sequence,
                "2 up to context_length, which is " + context);
        range("pretrain.steps", job.getSteps(), 1, 10_000_000);
        optimizer("pretrain.optimizer", job.getOptimizer());
        variants("pretrain.variants", job.getVariantsList());
    }

    /// A corpus brings its text and its tokenizer.
    private static void corpus(PretrainJob job) {
        name("pretrain.corpus.name", job.getCorpus().getName(), true);
        require(
                CorpusVersion.isVersion(job.getCorpus().getVersion()),
                "pretrain.corpus.version",
                job.getCorpus().getVersion(),
                "16 hexadecimal digits, the version of a sealed corpus");
        require(
                job.getText().isEmpty(),
                "pretrain.text",
                job.getText(),
                "nothing beside pretrain.corpus; leave out one of the two");
        require(
                job.getVocabularySize() == 0,
                "pretrain.vocabulary_size",
                job.getVocabularySize(),
                "0 beside pretrain.corpus, which has its tokenizer; seal the corpus with another");
    }

    private static void check(RewardJob job) {
        model("reward.base", job.getBase());
        dataset("reward.dataset", job.getDataset());
        name("reward.model_name", job.getModelName(), false);
        range("reward.batch_size", job.getBatchSize(), 1, 4096);
        range("reward.epochs", job.getEpochs(), 1, 1000);
        optimizer("reward.optimizer", job.getOptimizer());
    }

    private static void check(DpoJob job) {
        model("dpo.base", job.getBase());
        dataset("dpo.dataset", job.getDataset());
        name("dpo.model_name", job.getModelName(), false);
        range("dpo.beta", job.getBeta(), 0, 100);
        range("dpo.batch_size", job.getBatchSize(), 1, 4096);
        range("dpo.micro_batch_size", job.getMicroBatchSize(), 1, 4096);
        range("dpo.epochs", job.getEpochs(), 1, 1000);
        optimizer("dpo.optimizer", job.getOptimizer());
        variants("dpo.variants", job.getVariantsList());
    }

    private static void check(EvaluateJob job) {
        model("evaluate.candidate", job.getCandidate());
        model("evaluate.base", job.getBase());
        dataset("evaluate.dataset", job.getDataset());
        if (job.hasReward()) {
            model("evaluate.reward", job.getReward());
        }
        path("evaluate.text", job.getText(), "texts/", false);
        range("evaluate.text_tokens", job.getTextTokens(), 1, 10_000_000);
        range("evaluate.sampled_prompts", job.getSampledPrompts(), 1, 100_000);
        range("evaluate.max_tokens", job.getMaxTokens(), 1, 8192);
    }

    private static void optimizer(String field, OptimizerSettings settings) {
        range(field + ".learning_rate", settings.getLearningRate(), 0, 1);
        if (settings.getWarmupSteps() != -1) {
            range(field + ".warmup_steps", settings.getWarmupSteps(), 1, 10_000_000);
        }
        require(
                settings.getSchedule().isEmpty() || SCHEDULES.contains(settings.getSchedule()),
                field + ".schedule",
                settings.getSchedule(),
                "cosine, linear or constant");
        if (settings.getWeightDecay() != -1) {
            range(field + ".weight_decay", settings.getWeightDecay(), 0, 1);
        }
        range(field + ".max_gradient_norm", settings.getMaxGradientNorm(), 0, 1e6);
    }

    private static void model(String field, ModelRef model) {
        try {
            new ModelVersion(model.getName(), model.getVersion());
        } catch (IllegalArgumentException unusable) {
            throw new IllegalArgumentException(
                    field + ": " + unusable.getMessage() + "; set name and version", unusable);
        }
    }

    private static void dataset(String field, DatasetRef dataset) {
        require(
                dataset.getId().matches("[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}"),
                field + ".id",
                dataset.getId(),
                "1 to 128 letters, digits, '.', '_' and '-', as feedback-service named the data set");
        sha256(field + ".sha256", dataset.getSha256(), true);
    }

    private static void name(String field, String name, boolean required) {
        require(
                name.isEmpty() ? !required : name.matches("[a-z0-9][a-z0-9-]{0,63}"),
                field,
                name,
                "1 to 64 of a-z, 0-9 and hyphen, not starting with a hyphen");
    }

    private static void path(String field, String path, String folder, boolean required) {
        if (path.isEmpty() && !required) {
            return;
        }
        try {
            ArtifactStore.checkPath(path);
        } catch (IllegalArgumentException unusable) {
            throw new IllegalArgumentException(
                    field + ": " + unusable.getMessage() + "; give a path relative to " + folder,
                    unusable);
        }
    }

    private static void sha256(String field, String hash, boolean required) {
        require(
                hash.isEmpty() ? !required : hash.matches("[0-9a-f]{64}"),
                field,
                hash,
                "64 lower-case hexadecimal digits");
    }

    private static void variants(String field, List<String> variants) {
        for (String variant : variants) {
            require(VARIANTS.contains(variant), field, variant, "fp32 or int8");
        }
        require(
                Set.copyOf(variants).size() == variants.size(),
                field,
                variants,
                "a list that names each variant once");
    }

    private static void multiple(String field, int value, int divisor) {
        require(value % divisor == 0, field, value, "a multiple of " + divisor);
    }

    private static void range(String field, long value, long least, long most) {
        require(
                value == 0 || (value >= least && value <= most),
                field,
                value,
                least + " to " + most + ", or 0 for the default");
    }

    /// `value` may not be below `least` nor above `most`, and is a number.
    private static void range(String field, double value, double least, double most) {
        require(
                value >= least && value <= most,
                field,
                value,
                "a number above " + least + " up to " + most + ", or 0 for the default");
    }

    private static void require(boolean good, String field, Object value, String wanted) {
        if (!good) {
            throw new IllegalArgumentException(field + " is '" + value + "'; wanted: " + wanted);
        }
    }
}
