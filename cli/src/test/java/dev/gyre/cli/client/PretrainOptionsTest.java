package dev.gyre.cli.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gyre.proto.training.v1.CorpusRef;
import dev.gyre.proto.training.v1.OptimizerSettings;
import dev.gyre.proto.training.v1.PretrainJob;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

class PretrainOptionsTest {
    @Test
    void whatIsNotSaidIsLeftToTheService() {
        assertThat(job("--model", "tiny"))
                .isEqualTo(
                        PretrainJob.newBuilder()
                                .setModelName("tiny")
                                .setOptimizer(OptimizerSettings.getDefaultInstance())
                                .build());
    }

    @Test
    void everyOptionReachesItsField() {
        PretrainJob job =
                job(
                        ("--model tiny --corpus wiki@0123456789abcdef --text a.txt --vocabulary 300"
                                        + " --layers 2 --hidden-size 32 --query-heads 4 --kv-heads 2"
                                        + " --head-size 16 --feed-forward-size 64 --context-length 65"
                                        + " --batch-size 5 --sequence-length 33 --steps 60"
                                        + " --learning-rate 0.01 --warmup-steps -1 --schedule linear"
                                        + " --weight-decay -1 --max-gradient-norm 0.5 --seed 9"
                                        + " --variants fp32,int8")
                                .split(" "));

        assertThat(job)
                .isEqualTo(
                        PretrainJob.newBuilder()
                                .setModelName("tiny")
                                .setCorpus(
                                        CorpusRef.newBuilder()
                                                .setName("wiki")
                                                .setVersion("0123456789abcdef"))
                                .setText("a.txt")
                                .setVocabularySize(300)
                                .setLayers(2)
                                .setHiddenSize(32)
                                .setQueryHeads(4)
                                .setKvHeads(2)
                                .setHeadSize(16)
                                .setFeedForwardSize(64)
                                .setContextLength(65)
                                .setBatchSize(5)
                                .setSequenceLength(33)
                                .setSteps(60)
                                .setOptimizer(
                                        OptimizerSettings.newBuilder()
                                                .setLearningRate(0.01)
                                                .setWarmupSteps(-1)
                                                .setSchedule("linear")
                                                .setWeightDecay(-1)
                                                .setMaxGradientNorm(0.5))
                                .setSeed(9)
                                .addVariants("fp32")
                                .addVariants("int8")
                                .build());
        assertThat(job.getAllFields()).hasSize(PretrainJob.getDescriptor().getFields().size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"wiki", "wiki@", "@0123456789abcdef"})
    void aCorpusNeedsNameAndVersion(String corpus) {
        assertThatThrownBy(() -> job("--model", "tiny", "--corpus", corpus))
                .isInstanceOf(ParameterException.class)
                .hasMessageContaining("'" + corpus + "' is not NAME@VERSION")
                .hasMessageContaining("gyre corpus list");
    }

    private static PretrainJob job(String... arguments) {
        Line line = new Line();
        new CommandLine(line).parseArgs(arguments);
        return line.options.job();
    }

    @Command
    private static final class Line {
        @CommandLine.Mixin PretrainOptions options = new PretrainOptions();
    }
}
