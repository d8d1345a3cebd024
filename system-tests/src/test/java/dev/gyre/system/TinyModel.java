package dev.gyre.system;

import dev.gyre.proto.training.v1.JobSpec;
import dev.gyre.proto.training.v1.OptimizerSettings;
import dev.gyre.proto.training.v1.PretrainJob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/// A model of 200,000 parameters that has learned one kind of sentence: `On day 17 we saw a cat.`
/// Which animal it is, is a fair choice, so a rater may prefer some and a model can follow.
final class TinyModel {
    /// Name of the package and so of its release line.
    static final String NAME = "tiny";

    /// Tokens of an answer: the animal, and no more.
    static final int ANSWER_TOKENS = 1;

    /// Name of the text under `texts/`.
    static final String TEXT = "animals.txt";

    private static final int LINES = 2_000;
    private static final List<String> SMALL = List.of("bird", "cat", "fish", "mouse");
    private static final List<String> LARGE = List.of("horse", "lion", "wolf", "donkey");

    private TinyModel() {}

    /// Puts the text where jobs find it.
    static void writeText(Path artifacts) throws IOException {
        Random random = new Random(3);
        Path texts = Files.createDirectories(artifacts.resolve("texts"));
        Files.write(
                texts.resolve(TEXT),
                IntStream.range(0, LINES)
                        .mapToObj(line -> prompt(line) + " " + animal(random) + ".")
                        .toList());
    }

    private static String animal(Random random) {
        return (random.nextBoolean() ? SMALL : LARGE).get(random.nextInt(SMALL.size()));
    }

    /// The job that trains it.
    static JobSpec pretrain(int steps) {
        return JobSpec.newBuilder()
                .setPretrain(
                        tiny().setModelName(NAME)
                                .setText(TEXT)
                                .setVocabularySize(320)
                                .setContextLength(64)
                                .setSequenceLength(32)
                                .setBatchSize(8)
                                .setSteps(steps)
                                .setOptimizer(OptimizerSettings.newBuilder().setLearningRate(4e-3))
                                .addVariants("fp32"))
                .build();
    }

    /// Layers and widths of a model that is quick to train and to ask.
    static PretrainJob.Builder tiny() {
        return PretrainJob.newBuilder()
                .setLayers(2)
                .setHiddenSize(96)
                .setQueryHeads(3)
                .setKvHeads(1)
                .setHeadSize(32)
                .setFeedForwardSize(192);
    }

    /// A prompt that the model continues with an animal.
    static String prompt(int number) {
        return "On day " + number + " we saw a";
    }

    /// Whether a rater likes an answer: a large animal she does.
    static boolean isLiked(String answer) {
        return LARGE.contains(answer.strip());
    }

    /// Whether an answer is one of the animals that the text tells of.
    static boolean isAnimal(String answer) {
        return isLiked(answer) || SMALL.contains(answer.strip());
    }
}
