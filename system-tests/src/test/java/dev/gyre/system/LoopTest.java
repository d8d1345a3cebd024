package dev.gyre.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gyre.cli.client.JobLines;
import dev.gyre.proto.feedback.v1.Dataset;
import dev.gyre.proto.feedback.v1.ExportDatasetRequest;
import dev.gyre.proto.feedback.v1.ExportDatasetResponse;
import dev.gyre.proto.feedback.v1.GetCompletionLineageRequest;
import dev.gyre.proto.feedback.v1.GetCompletionLineageResponse;
import dev.gyre.proto.feedback.v1.GetRatingLineageRequest;
import dev.gyre.proto.feedback.v1.RetrainingPolicy;
import dev.gyre.proto.feedback.v1.Round;
import dev.gyre.proto.feedback.v1.RoundState;
import dev.gyre.proto.feedback.v1.StartRoundRequest;
import dev.gyre.proto.releases.v1.Candidate;
import dev.gyre.proto.releases.v1.GateVerdict;
import dev.gyre.proto.releases.v1.ReleaseLine;
import dev.gyre.proto.releases.v1.RollBackRequest;
import dev.gyre.proto.training.v1.DpoJob;
import dev.gyre.proto.training.v1.EvaluateJob;
import dev.gyre.proto.training.v1.ModelRef;
import dev.gyre.proto.training.v1.OptimizerSettings;
import dev.gyre.proto.training.v1.RewardJob;
import io.grpc.stub.BlockingClientCall;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// The whole loop, from outside: four services, Kafka and PostgreSQL as `./gyre up` runs them, a
/// tiny model, and nothing but the doors that everybody has.
class LoopTest {
    private static final int STEPS = 300;
    private static final int PROMPTS = 140;
    private static final int AT_ONCE = 16;
    private static final int ASKED = 20;
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    private final long start = System.nanoTime();
    private LocalGyre gyre;
    private Rater rater;
    private Operator operator;

    @BeforeEach
    void up() throws Exception {
        gyre = LocalGyre.start(folder, Map.of());
        rater = new Rater(gyre, "rita");
        operator = new Operator(gyre, "olga");
        say("everything is healthy");
    }

    @AfterEach
    void down() {
        if (gyre != null) {
            try (LocalGyre _ = gyre;
                    Operator _ = operator;
                    Rater _ = rater) {
                say("ending");
            }
            say("ended");
        }
    }

    @Test
    void whatPeopleLikeIsServedNextAndAFlippedLabelIsNot() throws Exception {
        TinyModel.writeText(gyre.artifacts());
        ModelRef base = operator.trainAndServe(TinyModel.pretrain(STEPS), LIMIT);
        say("serving " + JobLines.model(base));

        Map<String, Rater.Pair> rated = rate();
        say(rated.size() + " pairs rated");
        double before = shareOfLiked();
        Swap swap = Swap.watch(rater);
        operator.setPolicy(policy());
        Round round = operator.awaitRound(1, LIMIT);
        Candidate candidate = operator.candidate(round);
        say(round.getState() + evidence(candidate));
        assertThat(round.getState()).isEqualTo(RoundState.ROUND_STATE_PROMOTED);
        assertThat(candidate.getVerdict()).isEqualTo(GateVerdict.GATE_VERDICT_PASS);
        assertThat(round.getBase()).isEqualTo(base);
        Patience.until(
                "the promotion is complete",
                LIMIT,
                () ->
                        operator.line().getComplete()
                                && operator.line().getPromoted().equals(candidate.getModel()));
        Rater.Answer later = rater.ask(TinyModel.prompt(PROMPTS), 1);
        assertThat(later.version()).isEqualTo(JobLines.model(candidate.getModel()));
        assertThat(swap.end())
                .containsExactly(JobLines.model(base), JobLines.model(candidate.getModel()));
        double after = shareOfLiked();
        say(
                "swapped without a failed request; animals that are liked: %.3f before, %.3f after"
                        .formatted(before, after));
        assertThat(after).isGreaterThan(before + 0.05);

        lineageHolds(later, candidate, base, rated.keySet());

        ReleaseLine back =
                operator.services()
                        .releases()
                        .rollBack(
                                RollBackRequest.newBuilder()
                                        .setReleaseLine(TinyModel.NAME)
                                        .setReason("to be sure")
                                        .setExpectedEpoch(operator.line().getEpoch())
                                        .build())
                        .getLine();
        assertThat(back.getPromoted()).isEqualTo(base);
        Patience.until(
                "the base answers again",
                LIMIT,
                () -> rater.ask(TinyModel.prompt(0), 1).version().equals(JobLines.model(base)));
        say("rolled back");

        flippedLabelsAreRejected(round, rated, base);
    }

    /// Two answers to each prompt, and a rating where one is liked more; by rating id.
    private Map<String, Rater.Pair> rate() throws Exception {
        operator.setPolicy(RetrainingPolicy.newBuilder().setEnabled(false).build());
        List<Rater.Pair> pairs =
                forEachPrompt(number -> rater.askTwice(TinyModel.prompt(number), number));
        Map<String, Rater.Pair> rated = new TreeMap<>();
        for (Rater.Pair pair : pairs) {
            if (pair.isDecided()) {
                String id = "rating-" + rated.size();
                rater.rate(id, pair, pair.verdict());
                rated.put(id, pair);
            }
        }
        operator.awaitResolved(LIMIT);
        return rated;
    }

    private interface Asking<T> {
        T ask(int number) throws Exception;
    }

    /// Asks many at once, so that they are answered in batches.
    private static <T> List<T> forEachPrompt(Asking<T> asking) throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
            List<Future<T>> pending = new ArrayList<>();
            for (int number = 0; number < PROMPTS; number++) {
                int each = number;
                pending.add(threads.submit(() -> asking.ask(each)));
            }
            List<T> answers = new ArrayList<>();
            for (Future<T> answer : pending) {
                answers.add(answer.get());
            }
            return answers;
        }
    }

    private static RetrainingPolicy policy() {
        return RetrainingPolicy.newBuilder()
                .setEnabled(true)
                .setMinNewPairs(PROMPTS / 4)
                .setCooldownSeconds(1)
                .setAutoPromote(true)
                .setHoldoutShare(0.35)
                .setReward(
                        RewardJob.newBuilder()
                                .setBatchSize(8)
                                .setEpochs(4)
                                .setOptimizer(learningRate(1e-3)))
                .setDpo(
                        DpoJob.newBuilder()
                                .setBatchSize(16)
                                .setEpochs(4)
                                .setOptimizer(learningRate(2e-4)))
                .setEvaluate(
                        EvaluateJob.newBuilder()
                                .setText(TinyModel.TEXT)
                                .setMaxTokens(TinyModel.ANSWER_TOKENS))
                .build();
    }

    private static OptimizerSettings.Builder learningRate(double rate) {
        return OptimizerSettings.newBuilder().setLearningRate(rate);
    }

    /// From an answer of the new version down to every rating, and from a rating up to the version.
    private void lineageHolds(
            Rater.Answer answer, Candidate candidate, ModelRef base, Set<String> ratings)
            throws Exception {
        Patience.until("the answer is kept", LIMIT, () -> lineage(answer).getModelsCount() > 0);
        GetCompletionLineageResponse lineage = lineage(answer);
        assertThat(lineage.getModelsList())
                .extracting(model -> model.getModel())
                .containsExactly(candidate.getModel(), base);
        assertThat(lineage.getModels(0).getParent()).isEqualTo(base);
        assertThat(lineage.getModels(0).getJobId()).isEqualTo(candidate.getJobId());
        assertThat(lineage.getModels(0).getRatingIdsList())
                .containsExactlyInAnyOrderElementsOf(ratings);
        assertThat(
                        operator.services()
                                .feedback()
                                .getRatingLineage(
                                        GetRatingLineageRequest.newBuilder()
                                                .setRatingId(ratings.iterator().next())
                                                .build())
                                .getModelsList())
                .extracting(model -> model.getModel())
                .contains(candidate.getModel())
                .doesNotContain(base);
        say("the answer's lineage names all " + ratings.size() + " ratings");
    }

    private GetCompletionLineageResponse lineage(Rater.Answer answer) throws Exception {
        try {
            return operator.services()
                    .feedback()
                    .getCompletionLineage(
                            GetCompletionLineageRequest.newBuilder()
                                    .setCompletionId(answer.id())
                                    .build());
        } catch (io.grpc.StatusException notYet) {
            assertThat(notYet.getStatus().getCode()).isEqualTo(io.grpc.Status.Code.NOT_FOUND);
            return GetCompletionLineageResponse.getDefaultInstance();
        }
    }

    /// The rater turns round in every pair that is trained on, and stays honest in those held out:
    /// her newest vote counts.
    private void flippedLabelsAreRejected(Round first, Map<String, Rater.Pair> rated, ModelRef base)
            throws Exception {
        Set<String> heldOut = prompts(first.getDatasetId(), true);
        assertThat(heldOut).isNotEmpty().doesNotContainAnyElementsOf(trained(first));
        operator.setPolicy(policy().toBuilder().setEnabled(false).build());
        for (Map.Entry<String, Rater.Pair> entry : rated.entrySet()) {
            Rater.Pair pair = entry.getValue();
            if (!heldOut.contains(pair.first().prompt())) {
                rater.rate(entry.getKey() + "-flipped", pair, pair.oppositeVerdict());
            }
        }
        Dataset flipped = operator.seal();
        assertThat(prompts(flipped.getId(), true)).isEqualTo(heldOut);
        operator.services()
                .feedback()
                .startRound(StartRoundRequest.newBuilder().setReleaseLine(TinyModel.NAME).build());

        Round round = operator.awaitRound(2, LIMIT);

        Candidate candidate = operator.candidate(round);
        say("flipped labels: " + round.getState() + evidence(candidate));
        assertThat(round.getState()).isEqualTo(RoundState.ROUND_STATE_REJECTED);
        assertThat(round.getDatasetId()).isEqualTo(flipped.getId());
        assertThat(candidate.getVerdict()).isEqualTo(GateVerdict.GATE_VERDICT_FAIL);
        assertThat(operator.line().getPromoted()).isEqualTo(base);
        assertThat(rater.ask(TinyModel.prompt(0), 1).version()).isEqualTo(JobLines.model(base));
    }

    private Set<String> trained(Round round) throws Exception {
        return prompts(round.getDatasetId(), false);
    }

    /// Prompts of a data set's training or hold-out pairs.
    private Set<String> prompts(String dataset, boolean holdout) throws Exception {
        BlockingClientCall<?, ExportDatasetResponse> parts =
                operator.services()
                        .feedback()
                        .exportDataset(
                                ExportDatasetRequest.newBuilder()
                                        .setDatasetId(dataset)
                                        .setHoldout(holdout)
                                        .build());
        StringBuilder lines = new StringBuilder();
        while (parts.hasNext()) {
            lines.append(parts.read().getJsonLines());
        }
        ObjectMapper json = new ObjectMapper();
        Set<String> prompts = new HashSet<>();
        for (String line : lines.toString().lines().toList()) {
            prompts.add(json.readTree(line).get("prompt").asText());
        }
        return prompts;
    }

    /// How likely an animal that the served version names is a liked one, the mean of some prompts.
    private double shareOfLiked() throws Exception {
        double sum = 0;
        for (int number = 0; number < ASKED; number++) {
            sum += rater.shareOfLiked(TinyModel.prompt(number));
        }
        return sum / ASKED;
    }

    private static String evidence(Candidate candidate) {
        return candidate.getChecksList().stream()
                .map(check -> "\n    " + check.getVerdict() + " " + check.getExplanation())
                .collect(Collectors.joining());
    }

    private void say(String what) {
        System.out.printf("loop: %5.1f s %s%n", (System.nanoTime() - start) / 1e9, what);
    }
}
