package dev.gyre.trainer.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gyre.artifacts.ModelVersion;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

final class JobTest {
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
    private static final Instant LATER = NOW.plusSeconds(3600);
    private static final RetryPolicy RETRIES = new RetryPolicy(3, 5, Duration.ofSeconds(2));
    private static final Lease LEASE =
            new Lease(new Lease.Holder("here", 7, 70), NOW.plusSeconds(30));
    private static final JobOutcome PACKAGE =
            new JobOutcome(new ModelVersion("m", "id-1"), "a".repeat(64), Map.of("loss", 1.5), "");
    private static final JobOutcome NO_PACKAGE = new JobOutcome(null, "", Map.of(), "");

    /// Every command in every state: what state follows, and which events are told. `-`: refused as
    /// stale; `=`: changes nothing.
    static Stream<Arguments> table() {
        List<Arguments> rows = new java.util.ArrayList<>();
        String[] commands = {
            "claim", "renew", "report", "succeed", "refuse", "crash", "stop", "expire", "cancel"
        };
        String[][] expected = {
            // state, then one cell a command
            {"queued", "running C", "-", "-", "-", "-", "-", "-", "-", "cancelled C"},
            {
                "running",
                "-",
                "running",
                "running P",
                "succeeded CN",
                "failed C",
                "checkpointed C",
                "checkpointed C",
                "checkpointed C",
                "cancelled C"
            },
            {"checkpointed", "running C", "-", "-", "-", "-", "-", "-", "-", "cancelled C"},
            {"succeeded", "-", "-", "-", "-", "-", "-", "-", "-", "="},
            {"failed", "-", "-", "-", "-", "-", "-", "-", "-", "="},
            {"cancelled", "-", "-", "-", "-", "-", "-", "-", "-", "="},
        };
        for (String[] row : expected) {
            for (int i = 0; i < commands.length; i++) {
                rows.add(Arguments.of(row[0], commands[i], row[i + 1]));
            }
        }
        return rows.stream();
    }

    @ParameterizedTest(name = "{0}: {1} gives {2}")
    @MethodSource("table")
    void followsTheTable(String state, String command, String expected) {
        Job job = inState(state);

        Decision decision = job.decide(command(command, job.attempt()), RETRIES, LATER);

        assertThat(shown(decision)).isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("fencedCommands")
    void refusesEveryCommandOfAnEarlierAttempt(String command) {
        Job job = run(inState("checkpointed"), new JobCommand.Claim(LEASE));

        Decision decision = job.decide(command(command, 1), RETRIES, NOW);

        assertThat(job.attempt()).isEqualTo(2);
        assertThat(decision).isInstanceOf(Decision.Stale.class);
    }

    static Stream<String> fencedCommands() {
        return Stream.of("renew", "report", "succeed", "refuse", "crash", "stop", "expire");
    }

    @Test
    void givesEveryAttemptTheNextNumber() {
        Job job = inState("queued");

        for (int attempt = 1; attempt <= 3; attempt++) {
            job = run(job, new JobCommand.Claim(LEASE));

            assertThat(job.attempt()).isEqualTo(attempt);
            job = run(job, new JobCommand.Stop(attempt, "stopped"));
        }
    }

    @Test
    void failsAfterThreeCrashesAtTheSamePointWithTheLastWords() {
        Job job = inState("queued");

        for (int attempt = 1; attempt <= 3; attempt++) {
            assertThat(job.state().ended()).isFalse();
            job = crashAt(job, "training", 12);
        }

        assertThat(job.state())
                .isInstanceOfSatisfying(
                        JobState.Failed.class,
                        failed ->
                                assertThat(failed.error())
                                        .contains("3 attempts in a row")
                                        .contains("training step 12")
                                        .contains("signal 9")
                                        .endsWith("last words"));
    }

    @Test
    void goesOnForAsLongAsEveryAttemptGetsFurther() {
        Job job = inState("queued");

        for (int step = 10; step <= 200; step += 10) {
            job = crashAt(job, "training", step);

            assertThat(job.state()).isInstanceOf(JobState.Checkpointed.class);
        }
    }

    @Test
    void takesAnEarlierPhaseForNoProgress() {
        Job job = crashAt(inState("queued"), "training", 500);

        job = crashAt(job, "tokenising", 0);
        assertThat(job.crashes()).isEqualTo(1); // a phase that was never seen
        job = crashAt(job, "training", 900);
        job = crashAt(job, "training", 950);

        assertThat(job.state()).isInstanceOf(JobState.Failed.class);
    }

    @Test
    void waitsLongerAfterEachCrash() {
        Job first = crashAt(inState("queued"), "training", 1);
        Job second = crashAt(first, "training", 1);

        assertThat(first.state()).extracting("notBefore").isEqualTo(LATER.plusSeconds(2));
        assertThat(second.state()).extracting("notBefore").isEqualTo(LATER.plusSeconds(4));
        assertThat(first.decide(new JobCommand.Claim(LEASE), RETRIES, LATER.plusMillis(1999)))
                .isInstanceOf(Decision.Stale.class);
        assertThat(first.decide(new JobCommand.Claim(LEASE), RETRIES, LATER.plusMillis(2000)))
                .isInstanceOf(Decision.Changed.class);
    }

    @Test
    void countsAttemptsLostWithTheirServiceApart() {
        Job job = inState("queued");

        for (int attempt = 1; attempt <= 5; attempt++) {
            assertThat(job.state().ended()).isFalse();
            job = run(job, new JobCommand.Claim(LEASE));
            job = run(job, new JobCommand.Expire(attempt, "the lease ran out"));
        }

        assertThat(job.crashes()).isZero();
        assertThat(job.state()).isInstanceOf(JobState.Failed.class);
    }

    @Test
    void neverCountsAnAttemptThatWasAskedToStop() {
        Job job = inState("queued");

        for (int attempt = 1; attempt <= 20; attempt++) {
            job = run(job, new JobCommand.Claim(LEASE));
            job = run(job, new JobCommand.Stop(attempt, "the service stopped"));
        }

        assertThat(job.state()).isInstanceOf(JobState.Checkpointed.class);
    }

    @ParameterizedTest
    @EnumSource(JobKind.class)
    void announcesACandidateOnlyForKindsThatMayBeReleased(JobKind kind) {
        Job job = run(queued(kind), new JobCommand.Claim(LEASE));

        Decision decision =
                job.decide(
                        new JobCommand.Succeed(1, kind.writesPackage() ? PACKAGE : NO_PACKAGE),
                        RETRIES,
                        LATER);

        boolean candidate =
                switch (kind) {
                    case IMPORT, PRETRAIN, DPO -> true;
                    case REWARD, EVALUATE -> false;
                };
        assertThat(shown(decision)).isEqualTo(candidate ? "succeeded CN" : "succeeded C");
    }

    @Test
    void failsAJobWhoseWorkerForgotThePackage() {
        Job job = run(queued(JobKind.DPO), new JobCommand.Claim(LEASE));

        Job after = run(job, new JobCommand.Succeed(1, NO_PACKAGE));

        assertThat(after.state())
                .isInstanceOfSatisfying(
                        JobState.Failed.class,
                        failed -> assertThat(failed.error()).contains("defect of the worker"));
    }

    @Test
    void renewsWithoutATrace() {
        Job job = inState("running");

        Decision decision =
                job.decide(new JobCommand.Renew(1, LATER.plusSeconds(30)), RETRIES, LATER);

        assertThat(decision)
                .isInstanceOfSatisfying(
                        Decision.Changed.class,
                        changed -> {
                            assertThat(changed.job().updateTime()).isEqualTo(job.updateTime());
                            assertThat(changed.job().lease())
                                    .isEqualTo(LEASE.until(LATER.plusSeconds(30)));
                        });
    }

    private static Job crashAt(Job job, String phase, long step) {
        Job running = run(job, new JobCommand.Claim(LEASE));
        Job reported =
                run(running, new JobCommand.Report(running.attempt(), progress(phase, step)));
        return run(reported, new JobCommand.Crash(running.attempt(), "signal 9", "last words"));
    }

    /// Does a command at [#LATER]; a waiting job is made ready first.
    private static Job run(Job job, JobCommand command) {
        Instant time =
                job.state() instanceof JobState.Checkpointed(_, Instant notBefore)
                                && notBefore.isAfter(LATER)
                        ? notBefore
                        : LATER;
        return ((Decision.Changed) job.decide(command, RETRIES, time)).job();
    }

    private static Job queued(JobKind kind) {
        return Job.queued(
                "id",
                new JobRequest("request", "default", new JobSpecification(kind, "{}"), "anna"),
                NOW);
    }

    private static Job inState(String state) {
        Job queued = queued(JobKind.PRETRAIN);
        if (state.equals("queued")) {
            return queued;
        }
        Job running = run(queued, new JobCommand.Claim(LEASE));
        return switch (state) {
            case "running" -> running;
            case "checkpointed" -> run(running, new JobCommand.Stop(1, "stopped"));
            case "succeeded" -> run(running, new JobCommand.Succeed(1, PACKAGE));
            case "failed" -> run(running, new JobCommand.Refuse(1, "bad input"));
            case "cancelled" -> run(running, new JobCommand.Cancel());
            default -> throw new IllegalArgumentException(state);
        };
    }

    private static JobCommand command(String name, int attempt) {
        return switch (name) {
            case "claim" -> new JobCommand.Claim(LEASE);
            case "renew" -> new JobCommand.Renew(attempt, LATER);
            case "report" -> new JobCommand.Report(attempt, progress("training", 3));
            case "succeed" -> new JobCommand.Succeed(attempt, PACKAGE);
            case "refuse" -> new JobCommand.Refuse(attempt, "bad input");
            case "crash" -> new JobCommand.Crash(attempt, "signal 9", "");
            case "stop" -> new JobCommand.Stop(attempt, "the service stopped");
            case "expire" -> new JobCommand.Expire(attempt, "the lease ran out");
            case "cancel" -> new JobCommand.Cancel();
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static Progress progress(String phase, long step) {
        return new Progress(phase, step, 0, 0, 0, 0, "");
    }

    /// The next state and a letter for each event: Changed, Progressed, caNdidate.
    private static @Nullable String shown(Decision decision) {
        return switch (decision) {
            case Decision.Stale(_) -> "-";
            case Decision.Unchanged() -> "=";
            case Decision.Changed(Job job, List<JobEvent> events) -> {
                var letters = new StringBuilder();
                for (JobEvent event : events) {
                    letters.append(
                            switch (event) {
                                case JobEvent.Changed(_) -> 'C';
                                case JobEvent.Progressed(_, _) -> 'P';
                                case JobEvent.CandidateProduced(_, _) -> 'N';
                            });
                }
                yield (job.state().label() + " " + letters).strip();
            }
        };
    }
}
