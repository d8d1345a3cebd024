package dev.gyre.feedback.rounds;

import dev.gyre.access.FailureException;
import dev.gyre.artifacts.ModelVersion;
import dev.gyre.feedback.datasets.Dataset;
import dev.gyre.feedback.datasets.Datasets;
import dev.gyre.feedback.gate.Gate;
import dev.gyre.feedback.gate.GateReport;
import dev.gyre.feedback.policies.Policies;
import dev.gyre.feedback.policies.Policy;
import dev.gyre.feedback.releases.Candidate;
import dev.gyre.feedback.releases.CandidateState;
import dev.gyre.feedback.releases.Release;
import dev.gyre.feedback.releases.ReleaseLine;
import dev.gyre.feedback.releases.Releases;
import dev.gyre.feedback.rounds.RoundStep.Effect;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/// Drives rounds of retraining: every step of a [Round] and all that it leads to (the next job's
/// request, the candidate, the promotion with its event) are one transaction. There is nothing in
/// memory that a crash could lose; the round goes on with the next record from Kafka.
@Singleton
public final class Rounds {
    private final Jdbi database;
    private final RoundStore store;
    private final Datasets datasets;
    private final Policies policies;
    private final Releases releases;
    private final Clock clock;

    /// @param releases takes the candidates and promotes them
    public Rounds(
            Jdbi database,
            RoundStore store,
            Datasets datasets,
            Policies policies,
            Releases releases,
            Clock clock) {
        this.database = database;
        this.store = store;
        this.datasets = datasets;
        this.policies = policies;
        this.releases = releases;
        this.clock = clock;
    }

    /// Seals a data set of the answers that a line's promoted version gave.
    ///
    /// @throws FailureException [dev.gyre.access.Failure.NotFound] without such a line,
    ///   [dev.gyre.access.Failure.Conflict] when no pair is decided
    public Dataset snapshot(String project, String lineName) {
        return datasets.seal(
                project,
                lineName,
                promoted(releases.get(project, lineName).line()),
                policies.get(project, lineName).holdoutShare());
    }

    /// Starts a round now, whatever the policy waits for.
    ///
    /// @param startedBy verified subject, or `policy`
    /// @throws FailureException [dev.gyre.access.Failure.NotFound] without such a line,
    ///   [dev.gyre.access.Failure.Conflict] when there is nothing to train on or a round of the
    ///   line is under way
    public Round start(String project, String lineName, String startedBy) {
        ReleaseLine line = releases.get(project, lineName).line();
        ModelVersion base = promoted(line);
        refuseSecond(project, lineName);
        Policy policy = policies.get(project, lineName);
        Dataset dataset = datasets.seal(project, lineName, base, policy.holdoutShare());
        if (dataset.trainingPairs() < 1) {
            throw FailureException.conflict(
                    "all "
                            + dataset.holdoutPairs()
                            + " decided pairs of "
                            + project
                            + "/"
                            + lineName
                            + " are held out for the gate; rate answers to more prompts");
        }
        RoundStep step =
                Round.begin(
                        "round-" + UUID.randomUUID(),
                        project,
                        lineName,
                        dataset.id(),
                        base,
                        startedBy,
                        now());
        return database.inTransaction(
                transaction -> {
                    if (!store.insert(transaction, step.round())) {
                        throw underWay(project, lineName);
                    }
                    perform(transaction, step, policy);
                    return store.lock(transaction, step.round().id()).orElseThrow();
                });
    }

    private void refuseSecond(String project, String lineName) {
        database.withHandle(handle -> store.newest(handle, project, lineName))
                .filter(round -> round.awaits() != null)
                .ifPresent(
                        _ -> {
                            throw underWay(project, lineName);
                        });
    }

    private static FailureException underWay(String project, String lineName) {
        return FailureException.conflict(
                "a round of " + project + "/" + lineName + " is under way; wait for its end");
    }

    private static ModelVersion promoted(ReleaseLine line) {
        Release promoted = line.promoted();
        if (promoted == null) {
            throw FailureException.conflict(
                    "release line " + line.project() + "/" + line.name() + " serves nothing yet");
        }
        return promoted.model();
    }

    /// Takes what trainer-service says of a round's job.
    ///
    /// @param transaction the one that marks the record as taken
    void jobReported(Handle transaction, String roundId, RoundJob job, JobReport report) {
        Optional<Round> found = store.lock(transaction, roundId);
        if (found.isEmpty()) {
            // somebody else's request id ends like ours
            return;
        }
        Round round = found.get();
        RoundStep step = round.on(job, report).at(now());
        if (step.round().state() == RoundState.FAILED
                && round.state() == RoundState.EVALUATING
                && round.candidateId() != null) {
            releases.notMeasured(transaction, round.candidateId(), step.round().error());
        }
        save(transaction, round, step.round());
        perform(transaction, step, policies.get(round.project(), round.releaseLine()));
    }

    private void perform(Handle transaction, RoundStep step, Policy policy) {
        Round round = step.round();
        for (Effect effect : step.effects()) {
            switch (effect) {
                case Effect.Request request ->
                        JobRequestEvents.request(
                                transaction,
                                round,
                                request.job(),
                                datasets.get(transaction, round.datasetId()),
                                policy.jobs());
                case Effect.Register register -> register(transaction, round, register.report());
                case Effect.Judge judge -> judge(transaction, round, judge.metrics(), policy);
            }
        }
    }

    private void register(Handle transaction, Round round, JobReport.Succeeded report) {
        Dataset dataset = datasets.get(transaction, round.datasetId());
        releases.evaluating(
                transaction,
                Candidate.fresh(
                        round.project(),
                        round.releaseLine(),
                        new Release(
                                ModelVersion.parse(String.valueOf(round.candidateId())),
                                report.manifestSha256()),
                        round.base(),
                        dataset.id(),
                        dataset.sha256(),
                        report.jobId(),
                        CandidateState.EVALUATING,
                        now()));
    }

    private void judge(
            Handle transaction, Round round, Map<String, Double> metrics, Policy policy) {
        GateReport report = Gate.judge(metrics, policy.gate());
        Releases.Outcome outcome =
                releases.judged(
                        transaction,
                        String.valueOf(round.candidateId()),
                        metrics,
                        report,
                        round.base(),
                        policy.autoPromote());
        save(transaction, round, round.on(decision(outcome)).round());
    }

    private static Round.Decision decision(Releases.Outcome outcome) {
        return switch (outcome.state()) {
            case PROMOTED -> new Round.Decision.Promoted();
            case REJECTED -> new Round.Decision.Rejected();
            case MEASURED, EVALUATING -> new Round.Decision.Waits(outcome.why());
        };
    }

    /// Ends rounds whose candidate a person has promoted or rejected.
    void settle() {
        for (String id : database.withHandle(store::decidedElsewhere)) {
            database.useTransaction(
                    transaction -> {
                        Round round = store.lock(transaction, id).orElseThrow();
                        CandidateState state =
                                releases.candidate(String.valueOf(round.candidateId()))
                                        .orElseThrow()
                                        .state();
                        save(
                                transaction,
                                round,
                                round.on(decision(new Releases.Outcome(state, ""))).round());
                    });
        }
    }

    private void save(Handle transaction, Round before, Round after) {
        if (!after.at(before.updateTime()).equals(before)) {
            store.update(transaction, after.at(now()));
        }
    }

    /// A project's rounds, newest first.
    ///
    /// @param lineName only this line's; empty: all
    public List<Round> list(String project, String lineName) {
        return database.withHandle(handle -> store.list(handle, project, lineName));
    }

    /// The newest round of a line.
    public Optional<Round> newest(String project, String lineName) {
        return database.withHandle(handle -> store.newest(handle, project, lineName));
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
