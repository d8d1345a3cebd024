package dev.gyre.training.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gyre.model.ModelConfig;
import dev.gyre.model.OnnxVariant;
import dev.gyre.proto.training.v1.DpoJob;
import dev.gyre.proto.training.v1.JobSpec;
import dev.gyre.proto.training.v1.OptimizerSettings;
import dev.gyre.proto.training.v1.PretrainJob;
import dev.gyre.proto.training.v1.RewardJob;
import dev.gyre.training.engine.Schedule;
import dev.gyre.training.preference.DpoSettings;
import dev.gyre.training.preference.RewardSettings;
import dev.gyre.training.pretrain.PretrainSettings;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class SpecificationTest {
    @Test
    void pretrainDefaultsAreTheContracts() {
        PretrainJob job =
                Specification.parse("{\"pretrain\": {\"modelName\": \"m\"}}").getPretrain();

        ModelConfig config = Specification.modelConfig(job, Specification.vocabularySize(job), 0);
        PretrainSettings settings = Specification.pretrain(job);

        assertThat(config.vocabularySize()).isEqualTo(2048);
        assertThat(config.layers()).isEqualTo(4);
        assertThat(config.hiddenSize()).isEqualTo(192);
        assertThat(config.queryHeads()).isEqualTo(3);
        assertThat(config.kvHeads()).isEqualTo(1);
        assertThat(config.headSize()).isEqualTo(64);
        assertThat(config.feedForwardSize()).isEqualTo(512);
        assertThat(config.contextLength()).isEqualTo(256);
        assertThat(settings)
                .isEqualTo(
                        new PretrainSettings(
                                8,
                                128,
                                2200,
                                new dev.gyre.training.engine.OptimizerSettings(
                                        2e-3, 50, Schedule.COSINE, 0.01, 1, 0.999),
                                1));
    }

    @Test
    void fineTuningDefaultsAreTheContracts() {
        DpoSettings dpo = Specification.dpo(DpoJob.getDefaultInstance(), 768);
        RewardSettings reward = Specification.reward(RewardJob.getDefaultInstance(), 768);

        assertThat(dpo)
                .isEqualTo(
                        new DpoSettings(
                                0.1,
                                32,
                                4,
                                2,
                                new dev.gyre.training.engine.OptimizerSettings(
                                        5e-5, 4, Schedule.LINEAR, 0.01, 1, 0.999),
                                1));
        assertThat(reward.optimizer().learningRate()).isEqualTo(1e-4);
        assertThat(reward.batchSize()).isEqualTo(32);
    }

    @Test
    void minusOneMeansNone() {
        DpoJob job =
                DpoJob.newBuilder()
                        .setOptimizer(
                                OptimizerSettings.newBuilder()
                                        .setWarmupSteps(-1)
                                        .setWeightDecay(-1))
                        .build();

        DpoSettings settings = Specification.dpo(job, 768);

        assertThat(settings.optimizer().warmupSteps()).isZero();
        assertThat(settings.optimizer().weightDecay()).isZero();
    }

    @Test
    void refusesValuesOutOfRangeByName() {
        DpoJob beta = DpoJob.newBuilder().setBeta(-1).build();
        DpoJob schedule =
                DpoJob.newBuilder()
                        .setOptimizer(OptimizerSettings.newBuilder().setSchedule("wsd"))
                        .build();

        assertThatThrownBy(() -> Specification.dpo(beta, 10))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("beta is -1.0");
        assertThatThrownBy(() -> Specification.dpo(schedule, 10))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("schedule is 'wsd'");
        assertThatThrownBy(() -> Specification.variants(List.of("int3"), Set.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("int3");
    }

    @Test
    void refusesBeforeTheTrainingWhatTheExportWouldRefuse() {
        PretrainJob job = PretrainJob.newBuilder().setFeedForwardSize(48).build();

        assertThatThrownBy(() -> Specification.checkExportable(job, Set.of(OnnxVariant.INT8)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("feed_forward_size is 48");
        Specification.checkExportable(job, Set.of(OnnxVariant.FP32));
    }

    @Test
    void refusesARequestWithoutAKind() {
        assertThatThrownBy(() -> Specification.parse("{}"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("import_model, pretrain, reward, dpo, evaluate");
        assertThatThrownBy(() -> Specification.parse("{\"sft\": {}}"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("JobSpec");
        assertThat(Specification.parse("{\"dpo\": {}}").getKindCase())
                .isEqualTo(JobSpec.KindCase.DPO);
    }
}
