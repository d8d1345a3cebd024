package dev.gyre.inference.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SamplerTest {
    @ParameterizedTest
    @MethodSource("golden")
    void drawsWithTheProbabilitiesOfHuggingFace(JsonNode golden) {
        float[] logits = floats(golden.get("logits"));
        Sampler sampler = new Sampler(logits.length);
        Sampling sampling =
                new Sampling(
                        golden.get("temperature").doubleValue(),
                        golden.get("top_k").intValue(),
                        golden.get("top_p").doubleValue(),
                        golden.get("presence").doubleValue(),
                        golden.get("frequency").doubleValue(),
                        golden.get("repetition").doubleValue(),
                        3,
                        1,
                        List.of(),
                        false,
                        false);
        int draws = 4000;

        int[] counts = new int[logits.length];
        for (int place = 0; place < draws; place++) {
            GeneratedToken token = sampler.next(logits, sampling, history(golden), place, 0);
            counts[token.id()]++;
            assertThat((double) token.samplerLogprob())
                    .isCloseTo(at(golden, "sampler_logprobs", token.id()), within(1e-4));
            assertThat((double) token.logprob())
                    .isCloseTo(at(golden, "model_logprobs", token.id()), within(1e-4));
        }

        for (int id = 0; id < logits.length; id++) {
            double probability = Math.exp(at(golden, "sampler_logprobs", id));
            // five standard deviations of a binomial share
            double tolerance = 5 * Math.sqrt(probability * (1 - probability) / draws) + 1e-3;
            assertThat((double) counts[id] / draws).isCloseTo(probability, within(tolerance));
        }
    }

    @Test
    void takesTheLikeliestTokenAtTemperatureZero() {
        float[] logits = {0.5f, 2, -1, 2};

        GeneratedToken token =
                new Sampler(4).next(logits, Sampling.greedy(1), new History(new int[] {0}), 0, 3);

        assertThat(token.id()).isEqualTo(1);
        assertThat(token.samplerLogprob()).isZero();
        assertThat(token.top().stream().map(GeneratedToken.Top::id)).containsExactly(1, 3, 0);
    }

    @Test
    void countsPenaltiesBeforeTheGreedyChoice() {
        float[] logits = {0.5f, 2, -1, 1.9f};
        History history = new History(new int[] {0});
        history.add(1);
        Sampling sampling = new Sampling(0, 0, 1, 0.2, 0, 1, 0, 1, List.of(), false, false);

        GeneratedToken token = new Sampler(4).next(logits, sampling, history, 0, 0);

        assertThat(token.id()).isEqualTo(3);
    }

    @Test
    void drawsOnlyFromTheWholeVocabularysProbabilitiesWhenItIsLarge() {
        Random random = new Random(5);
        float[] logits = new float[49_152];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) (random.nextGaussian() * 2);
        }
        double logSum = 0;
        for (float logit : logits) {
            logSum += Math.exp(logit);
        }
        logSum = Math.log(logSum);
        Sampling sampling = new Sampling(1, 0, 1, 0, 0, 1, 9, 1, List.of(), false, false);
        Sampler sampler = new Sampler(logits.length);

        double meanId = 0;
        for (int place = 0; place < 2000; place++) {
            GeneratedToken token =
                    sampler.next(logits, sampling, new History(new int[0]), place, 0);
            assertThat((double) token.logprob())
                    .isCloseTo(logits[token.id()] - logSum, within(1e-4));
            assertThat(token.samplerLogprob()).isCloseTo(token.logprob(), within(1e-4f));
            meanId += token.id() / 2000.0;
        }

        assertThat(meanId).isCloseTo(logits.length / 2.0, within(2000.0));
    }

    @Test
    void drawsTheSameTokensForTheSameSeedAndOthersForItsNeighbour() {
        float[] logits = new float[1000];
        Sampler sampler = new Sampler(1000);

        assertThat(draws(sampler, logits, 7)).isEqualTo(draws(sampler, logits, 7));
        assertThat(draws(sampler, logits, 7)).isNotEqualTo(draws(sampler, logits, 8));
        assertThat(draws(sampler, logits, 7).subList(1, 50))
                .isNotEqualTo(draws(sampler, logits, 8).subList(0, 49));
    }

    @Test
    void refusesLogitsThatAreNotNumbers() {
        float[] logits = {1, Float.NaN, 0};

        assertThatThrownBy(
                        () ->
                                new Sampler(3)
                                        .next(
                                                logits,
                                                Sampling.greedy(1),
                                                new History(new int[0]),
                                                0,
                                                0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("not numbers");
    }

    private static List<Integer> draws(Sampler sampler, float[] logits, long seed) {
        Sampling sampling = new Sampling(1, 0, 1, 0, 0, 1, seed, 1, List.of(), false, false);
        return Stream.iterate(0, place -> place + 1)
                .limit(50)
                .map(
                        place ->
                                sampler.next(logits, sampling, new History(new int[0]), place, 0)
                                        .id())
                .toList();
    }

    private static History history(JsonNode golden) {
        int[] prompt = new int[golden.get("prompt").size()];
        for (int i = 0; i < prompt.length; i++) {
            prompt[i] = golden.get("prompt").get(i).intValue();
        }
        History history = new History(prompt);
        golden.get("answer").forEach(id -> history.add(id.intValue()));
        return history;
    }

    private static double at(JsonNode golden, String list, int id) {
        return golden.get(list).get(id).doubleValue();
    }

    private static float[] floats(JsonNode list) {
        float[] floats = new float[list.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = list.get(i).floatValue();
        }
        return floats;
    }

    private static Stream<JsonNode> golden() throws IOException {
        try (InputStream file = SamplerTest.class.getResourceAsStream("sampling.json")) {
            JsonNode cases = new ObjectMapper().readTree(Objects.requireNonNull(file));
            return StreamSupport.stream(cases.spliterator(), false);
        }
    }
}
