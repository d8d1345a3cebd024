package dev.gyre.inference.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gyre.access.Failure;
import dev.gyre.access.FailureException;
import dev.gyre.inference.TinyModel;
import dev.gyre.tokenizer.Tokenizer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SchedulerTest {
    private static final int SLOTS = 8;

    @TempDir private static Path folder;
    private static final Tokenizer TOKENIZER = TinyModel.tokenizer();

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    /// A whole answer.
    private record Answer(String text, List<GeneratedToken> tokens, FinishReason finish) {
        private List<Integer> ids() {
            return tokens.stream().map(GeneratedToken::id).toList();
        }
    }

    @BeforeAll
    static void writeModel() throws IOException {
        TinyModel.write(folder, 2);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 5, 8, 13})
    void generatesTheSameAloneAndInABatchInReproducibleMode(int together) {
        List<Answer> alone = new ArrayList<>();
        List<Answer> inABatch = new ArrayList<>();
        try (Scheduler scheduler = scheduler("fp32", true, 64)) {
            for (int i = 0; i < together; i++) {
                alone.add(answer(scheduler.submit(request(prompt(i, 5 + 7 * i), drawn(i, 60)))));
            }
            List<Generation> running = new ArrayList<>();
            for (int i = 0; i < together; i++) {
                running.add(scheduler.submit(request(prompt(i, 5 + 7 * i), drawn(i, 60))));
            }
            running.forEach(generation -> inABatch.add(answer(generation)));
        }

        // ids and both log-probabilities, to the bit
        assertThat(inABatch).isEqualTo(alone);
        assertThat(alone.stream().map(Answer::ids).distinct()).hasSize(together);
    }

    @Test
    void generatesTheSameWithAndWithoutOthersGreedilyInAnyMode() {
        try (Scheduler scheduler = scheduler("fp32", false, 64)) {
            Answer alone = answer(scheduler.submit(request(prompt(1, 20), Sampling.greedy(40))));
            List<Generation> others = new ArrayList<>();
            for (int i = 2; i < 7; i++) {
                others.add(scheduler.submit(request(prompt(i, 10 * i), drawn(i, 5 * i))));
            }
            Answer accompanied =
                    answer(scheduler.submit(request(prompt(1, 20), Sampling.greedy(40))));
            others.forEach(SchedulerTest::answer);

            assertThat(accompanied.ids()).isEqualTo(alone.ids());
        }
    }

    @Test
    void endsAtTheMostTokensAskedFor() {
        try (Scheduler scheduler = scheduler("int8", false, 64)) {
            Answer answer = answer(scheduler.submit(request(prompt(1, 4), drawn(1, 7))));

            assertThat(answer.tokens()).hasSize(7);
            assertThat(answer.finish()).isEqualTo(FinishReason.LENGTH);
            assertThat(answer.text())
                    .isEqualTo(
                            TOKENIZER.decode(
                                    answer.ids().stream().mapToInt(Integer::intValue).toArray(),
                                    true));
        }
    }

    @Test
    void endsAtTheContextsEnd() {
        try (Scheduler scheduler = scheduler("fp32", false, 64)) {
            int prompt = TinyModel.CONTEXT - 5;
            Answer answer = answer(scheduler.submit(request(prompt(1, prompt), drawn(1, 1000))));

            assertThat(answer.tokens()).hasSize(5);
            assertThat(answer.finish()).isEqualTo(FinishReason.LENGTH);
        }
    }

    @Test
    void endsAtAnEndTokenUnlessToldToIgnoreIt() {
        try (Scheduler scheduler = scheduler("fp32", true, 64)) {
            List<Integer> free =
                    answer(scheduler.submit(request(prompt(3, 9), drawn(4, 30)))).ids();
            int end = free.get(12);
            int first = free.indexOf(end);
            Sampling ignoring = new Sampling(1, 0, 1, 0, 0, 1, 4, 30, List.of(), true, false);

            Answer ended = answer(scheduler.submit(request(prompt(3, 9), drawn(4, 30), end)));
            Answer ignored = answer(scheduler.submit(request(prompt(3, 9), ignoring, end)));

            assertThat(ended.ids()).isEqualTo(free.subList(0, first + 1));
            assertThat(ended.finish()).isEqualTo(FinishReason.STOP);
            assertThat(ignored.ids()).isEqualTo(free);
        }
    }

    @Test
    void endsAtAStopTextThatTheAnswerThenDoesNotContain() {
        try (Scheduler scheduler = scheduler("fp32", true, 64)) {
            String free = answer(scheduler.submit(request(prompt(3, 9), drawn(4, 40)))).text();
            String stop = free.substring(21, 24);
            Sampling stopping = new Sampling(1, 0, 1, 0, 0, 1, 4, 40, List.of(stop), false, false);

            Answer ended = answer(scheduler.submit(request(prompt(3, 9), stopping)));

            assertThat(ended.text()).isEqualTo(free.substring(0, free.indexOf(stop)));
            assertThat(ended.finish()).isEqualTo(FinishReason.STOP);
            assertThat(ended.tokens().size()).isLessThan(40);
        }
    }

    @Test
    void endsWithinAStepWhenTheCallerCancels() {
        try (Scheduler scheduler = scheduler("fp32", false, 64)) {
            Generation generation = scheduler.submit(request(prompt(1, 3), endless()));
            generation.next();

            generation.cancel();
            Answer rest = answer(generation);

            assertThat(rest.finish()).isEqualTo(FinishReason.CANCELLED);
            assertThat(rest.tokens().size()).isLessThan(200);
        }
    }

    @Test
    void givesTheSlotOfACancelledAnswerToTheNext() {
        try (Scheduler scheduler = scheduler("fp32", false, 64)) {
            List<Generation> all = new ArrayList<>();
            for (int i = 0; i < SLOTS; i++) {
                all.add(scheduler.submit(request(prompt(i, 3), endless())));
            }
            Generation waiting = scheduler.submit(request(prompt(9, 3), drawn(9, 4)));
            Generation gone = scheduler.submit(request(prompt(9, 3), drawn(9, 4)));

            gone.cancel();
            all.getFirst().cancel();

            assertThat(answer(waiting).tokens()).hasSize(4);
            assertThat(answer(gone).finish()).isEqualTo(FinishReason.CANCELLED);
            all.forEach(Generation::cancel);
            all.forEach(SchedulerTest::answer);
        }
    }

    @Test
    void refusesWhenTheQueueIsFull() {
        try (Scheduler scheduler = scheduler("fp32", false, 2)) {
            List<Generation> all = new ArrayList<>();
            assertThatThrownBy(
                            () -> {
                                for (int i = 0; i < SLOTS + 3; i++) {
                                    all.add(scheduler.submit(request(prompt(i, 200), endless())));
                                }
                            })
                    .isInstanceOfSatisfying(
                            FailureException.class,
                            refusal -> {
                                assertThat(refusal.failure()).isInstanceOf(Failure.Busy.class);
                                assertThat(refusal).hasMessageContaining("gyre.generate.queue");
                            });
            all.forEach(Generation::cancel);
            all.forEach(SchedulerTest::answer);
        }
    }

    @Test
    void letsRunningAnswersGoOnBetweenTheChunksOfALongPrompt() {
        try (Scheduler scheduler = scheduler("fp32", false, 64)) {
            Generation running = scheduler.submit(request(prompt(1, 3), drawn(1, 200)));
            running.next();
            int before = taken(running);

            Generation longPrompt = scheduler.submit(request(prompt(2, 240), drawn(2, 1)));
            longPrompt.next();

            // 240 tokens are 15 chunks of 16, with a token for the running answer between any two
            assertThat(taken(running) + before).isGreaterThanOrEqualTo(14);
            running.cancel();
            answer(running);
        }
    }

    @Test
    void refusesPromptsThatItCannotRead() {
        try (Scheduler scheduler = scheduler("fp32", false, 64)) {
            assertThatThrownBy(() -> scheduler.submit(request(new int[0], drawn(1, 1))))
                    .hasMessageContaining("no tokens");
            assertThatThrownBy(() -> scheduler.submit(request(new int[] {320}, drawn(1, 1))))
                    .hasMessageContaining("token id 320 is not from 0 to 319");
            assertThatThrownBy(
                            () ->
                                    scheduler.submit(
                                            request(prompt(1, TinyModel.CONTEXT), drawn(1, 1))))
                    .hasMessageContaining("shorten the prompt");
        }
    }

    @Test
    void failsWhatRunsAndWhatComesWhenItIsClosed() {
        Scheduler scheduler = scheduler("fp32", false, 64);
        Generation running = scheduler.submit(request(prompt(1, 3), endless()));
        running.next();

        scheduler.close();

        assertThatThrownBy(() -> answer(running)).hasMessageContaining("unloaded");
        assertThatThrownBy(() -> scheduler.submit(request(prompt(1, 3), endless())))
                .hasMessageContaining("unloaded");
    }

    @Test
    void runsManyAnswersOfAllKindsWithoutMixingThem() {
        Random random = new Random(17);
        try (Scheduler scheduler = scheduler("fp32", true, 200)) {
            List<Generation.Request> requests = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                requests.add(
                        request(
                                prompt(i, 1 + random.nextInt(90)),
                                drawn(i, 1 + random.nextInt(30))));
            }
            List<Generation> running = requests.stream().map(scheduler::submit).toList();
            for (int i = 0; i < running.size(); i += 7) {
                running.get(i).cancel();
            }

            for (int i = 0; i < running.size(); i++) {
                Answer answer = answer(running.get(i));
                if (i % 7 != 0) {
                    assertThat(answer).isEqualTo(answer(scheduler.submit(requests.get(i))));
                }
            }
            assertThat(meters.get("gyre.generate.tokens").counter().count()).isGreaterThan(500);
        }
        assertThat(meters.getMeters()).isEmpty();
    }

    private Scheduler scheduler(String variant, boolean reproducible, int queue) {
        OnnxModel model =
                OnnxModel.open(
                        folder.resolve("onnx").resolve(variant).resolve("model.onnx"),
                        new OnnxModel.Options(SLOTS, TinyModel.CONTEXT, 16, 2));
        return new Scheduler(
                model, queue, reproducible, new GenerateMetrics(meters, "tiny@1", failure -> {}));
    }

    private static Generation.Request request(int[] prompt, Sampling sampling, Integer... ends) {
        return new Generation.Request(prompt, sampling, 0, Set.of(ends), TOKENIZER);
    }

    private static Sampling drawn(long seed, int maxTokens) {
        return new Sampling(1, 0, 1, 0, 0, 1, seed, maxTokens, List.of(), false, false);
    }

    private static Sampling endless() {
        return drawn(1, Integer.MAX_VALUE);
    }

    private static int[] prompt(long seed, int length) {
        return new Random(seed).ints(length, 0, 320).toArray();
    }

    private static Answer answer(Generation generation) {
        StringBuilder text = new StringBuilder();
        List<GeneratedToken> tokens = new ArrayList<>();
        Part part;
        do {
            part = generation.next();
            text.append(part.text());
            tokens.addAll(part.tokens());
        } while (part.finish() == null);
        return new Answer(text.toString(), tokens, part.finish());
    }

    /// Parts that are there already.
    private static int taken(Generation generation) {
        int count = 0;
        while (generation.hasNext()) {
            generation.next();
            count++;
        }
        return count;
    }
}
