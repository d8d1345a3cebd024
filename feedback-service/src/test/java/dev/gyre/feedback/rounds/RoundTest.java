package dev.gyre.feedback.rounds;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gyre.artifacts.ModelVersion;
import dev.gyre.feedback.rounds.RoundStep.Effect;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RoundTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final ModelVersion BASE = new ModelVersion("starter", "base-1");
    private static final ModelVersion REWARD = new ModelVersion("starter-reward", "jr-1");
    private static final ModelVersion CANDIDATE = new ModelVersion("starter", "jp-1");
    private static final Map<String, Double> METRICS = Map.of("holdout_pairs", 9.0);

    @Test
    void beginsWithTheRewardJob() {
        RoundStep step = begin();

        assertThat(step.round().state()).isEqualTo(RoundState.REWARD);
        assertThat(step.effects()).containsExactly(new Effect.Request(RoundJob.REWARD));
    }

    @Test
    void walksFromJobToJobToTheGate() {
        RoundStep preference = begin().round().on(RoundJob.REWARD, succeeded("jr", REWARD));
        RoundStep evaluating =
                preference.round().on(RoundJob.PREFERENCE, succeeded("jp", CANDIDATE));
        RoundStep judging = evaluating.round().on(RoundJob.EVALUATION, succeeded("je", null));

        assertThat(preference.round().state()).isEqualTo(RoundState.PREFERENCE);
        assertThat(preference.round().rewardModel()).isEqualTo(REWARD);
        assertThat(preference.effects()).containsExactly(new Effect.Request(RoundJob.PREFERENCE));
        assertThat(evaluating.round().state()).isEqualTo(RoundState.EVALUATING);
        assertThat(evaluating.round().candidateId()).isEqualTo("starter@jp-1");
        assertThat(evaluating.effects())
                .containsExactly(
                        new Effect.Register(succeeded("jp", CANDIDATE)),
                        new Effect.Request(RoundJob.EVALUATION));
        assertThat(judging.round().state()).isEqualTo(RoundState.EVALUATING);
        assertThat(judging.effects()).containsExactly(new Effect.Judge(METRICS));
        assertThat(judging.round())
                .extracting(Round::rewardJobId, Round::preferenceJobId, Round::evaluationJobId)
                .containsExactly("jr", "jp", "je");
    }

    @ParameterizedTest
    @CsvSource({
        "REWARD, REWARD, FAILED",
        "PREFERENCE, PREFERENCE, FAILED",
        "EVALUATING, EVALUATION, FAILED",
        "REWARD, PREFERENCE, REWARD",
        "REWARD, EVALUATION, REWARD",
        "PREFERENCE, REWARD, PREFERENCE",
        "EVALUATING, REWARD, EVALUATING",
        "EVALUATING, PREFERENCE, EVALUATING",
        "WAITING, EVALUATION, WAITING",
        "PROMOTED, EVALUATION, PROMOTED",
        "REJECTED, EVALUATION, REJECTED",
        "FAILED, REWARD, FAILED"
    })
    void onlyTheAwaitedJobCanFailTheRound(RoundState at, RoundJob job, RoundState then) {
        RoundStep step = at(at).on(job, new JobReport.Ended("j", "out of memory"));

        assertThat(step.round().state()).isEqualTo(then);
        assertThat(step.effects()).isEmpty();
        if (then == RoundState.FAILED && at != RoundState.FAILED) {
            assertThat(step.round().error()).contains("j ended: out of memory");
        }
    }

    @ParameterizedTest
    @EnumSource(RoundState.class)
    void successOfAJobThatIsNotAwaitedDoesNothing(RoundState at) {
        for (RoundJob job : RoundJob.values()) {
            if (at(at).awaits() != job) {
                RoundStep step = at(at).on(job, succeeded("late", CANDIDATE));

                assertThat(step.effects()).isEmpty();
                assertThat(step.round().state()).isEqualTo(at);
                assertThat(step.round().candidateId()).isEqualTo(at(at).candidateId());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(RoundState.class)
    void anAcceptedJobOnlyLeavesItsId(RoundState at) {
        RoundStep step = at(at).on(RoundJob.REWARD, new JobReport.Accepted("jr"));

        assertThat(step.effects()).isEmpty();
        assertThat(step.round().state()).isEqualTo(at);
        assertThat(step.round().rewardJobId()).isEqualTo("jr");
    }

    @Test
    void aTrainingJobWithoutAPackageFailsTheRound() {
        RoundStep step = begin().round().on(RoundJob.REWARD, succeeded("jr", null));

        assertThat(step.round().state()).isEqualTo(RoundState.FAILED);
        assertThat(step.round().error()).contains("without a model package");
    }

    @ParameterizedTest
    @CsvSource({
        "REWARD, REWARD, REWARD, REWARD",
        "PREFERENCE, PREFERENCE, PREFERENCE, PREFERENCE",
        "EVALUATING, PROMOTED, REJECTED, WAITING",
        "WAITING, PROMOTED, REJECTED, WAITING",
        "PROMOTED, PROMOTED, PROMOTED, PROMOTED",
        "REJECTED, PROMOTED, REJECTED, REJECTED",
        "FAILED, FAILED, FAILED, FAILED"
    })
    void decisionsMoveOnlyRoundsThatAreOpenToThem(
            RoundState at, RoundState promoted, RoundState rejected, RoundState waits) {
        assertThat(at(at).on(new Round.Decision.Promoted()).round().state()).isEqualTo(promoted);
        assertThat(at(at).on(new Round.Decision.Rejected()).round().state()).isEqualTo(rejected);
        assertThat(at(at).on(new Round.Decision.Waits("few")).round().state()).isEqualTo(waits);
    }

    /// Whatever comes, in whatever order and however often: each job is asked for at most once, in
    /// order, and an ended round stays ended.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void noStormOfReportsAsksForAJobTwice(long seed) {
        Random random = new Random(seed);
        StringBuilder requests = new StringBuilder("REWARD ");
        Round round = begin().round();
        for (int i = 0; i < 400; i++) {
            RoundJob job = RoundJob.values()[random.nextInt(3)];
            JobReport report =
                    random.nextInt(4) > 0
                            ? new JobReport.Accepted("j")
                            : succeeded("j", job == RoundJob.EVALUATION ? null : CANDIDATE);
            RoundStep step = round.on(job, report);
            for (Effect effect : step.effects()) {
                if (effect instanceof Effect.Request request) {
                    requests.append(request.job()).append(' ');
                }
            }
            round = step.round();
        }

        assertThat(requests).hasToString("REWARD PREFERENCE EVALUATION ");
    }

    @ParameterizedTest
    @EnumSource(RoundJob.class)
    void requestIdsNameRoundAndJob(RoundJob job) {
        String requestId = job.requestId("round-7");

        assertThat(RoundJob.of(requestId)).isEqualTo(job);
        assertThat(job.roundId(requestId)).isEqualTo("round-7");
        assertThat(RoundJob.of("import of a person")).isNull();
    }

    private static RoundStep begin() {
        return Round.begin("round-1", "default", "starter", "ds-1", BASE, "policy", NOON);
    }

    private static Round at(RoundState state) {
        boolean candidate = state.ordinal() >= RoundState.EVALUATING.ordinal();
        return new Round(
                1,
                "round-1",
                "default",
                "starter",
                state,
                "ds-1",
                BASE,
                null,
                null,
                null,
                null,
                candidate && state != RoundState.FAILED ? "starter@jp-1" : null,
                "",
                "policy",
                NOON,
                NOON);
    }

    private static JobReport.Succeeded succeeded(String job, @Nullable ModelVersion model) {
        return new JobReport.Succeeded(job, model, "sha", METRICS);
    }
}
