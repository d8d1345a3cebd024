package dev.gyre.feedback.rounds;

import dev.gyre.artifacts.ModelVersion;
import dev.gyre.feedback.rounds.RoundStep.Effect;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One round of retraining, as a state machine without clock, database or Kafka: a command gives
/// the next round and what is to be done. [Rounds] stores both in one transaction.
///
/// ```
/// REWARD ──▶ PREFERENCE ──▶ EVALUATING ──▶ PROMOTED | REJECTED | WAITING ──▶ PROMOTED | REJECTED
///    └────────────┴─────────────┴──▶ FAILED
/// ```
///
/// The jobs run one after the other. The preference job does not need the reward model, but the two
/// would share the same cores, and the cheaper one first finds a data set that cannot be trained
/// on.
///
/// A command that comes late, twice, or for a job that the round does not wait for changes nothing.
///
/// @param sequence place in the list, ascending; 0 before it is stored
/// @param base version it starts from, also the reference of the preference loss
/// @param rewardModel set once the reward job is done
/// @param candidateId set once the preference job is done
/// @param error why it failed or waits; empty otherwise
/// @param startedBy subject who asked for it, or `policy`
public record Round(
        long sequence,
        String id,
        String project,
        String releaseLine,
        RoundState state,
        String datasetId,
        ModelVersion base,
        @Nullable String rewardJobId,
        @Nullable String preferenceJobId,
        @Nullable String evaluationJobId,
        @Nullable ModelVersion rewardModel,
        @Nullable String candidateId,
        String error,
        String startedBy,
        Instant createTime,
        Instant updateTime) {

    /// A new round, which waits for its reward model.
    static RoundStep begin(
            String id,
            String project,
            String releaseLine,
            String datasetId,
            ModelVersion base,
            String startedBy,
            Instant now) {
        Round round =
                new Round(
                        0,
                        id,
                        project,
                        releaseLine,
                        RoundState.REWARD,
                        datasetId,
                        base,
                        null,
                        null,
                        null,
                        null,
                        null,
                        "",
                        startedBy,
                        now,
                        now);
        return new RoundStep(round, List.of(new Effect.Request(RoundJob.REWARD)));
    }

    /// Takes what trainer-service says of one of the round's jobs.
    RoundStep on(RoundJob job, JobReport report) {
        Round noted = withJobId(job, report.jobId());
        if (noted.awaits() != job) {
            return new RoundStep(noted, List.of());
        }
        return switch (report) {
            case JobReport.Accepted _ -> new RoundStep(noted, List.of());
            case JobReport.Ended ended ->
                    new RoundStep(
                            noted.withState(
                                    RoundState.FAILED,
                                    "the "
                                            + job.name().toLowerCase(java.util.Locale.ROOT)
                                            + " job "
                                            + ended.jobId()
                                            + " ended: "
                                            + ended.error()),
                            List.of());
            case JobReport.Succeeded succeeded -> noted.advance(job, succeeded);
        };
    }

    private RoundStep advance(RoundJob job, JobReport.Succeeded report) {
        ModelVersion model = report.model();
        if (job != RoundJob.EVALUATION && model == null) {
            return new RoundStep(
                    withState(
                            RoundState.FAILED,
                            "job " + report.jobId() + " succeeded without a model package"),
                    List.of());
        }
        return switch (job) {
            case REWARD ->
                    new RoundStep(
                            withRewardModel(model).withState(RoundState.PREFERENCE, ""),
                            List.of(new Effect.Request(RoundJob.PREFERENCE)));
            case PREFERENCE ->
                    new RoundStep(
                            withCandidate(String.valueOf(model))
                                    .withState(RoundState.EVALUATING, ""),
                            List.of(
                                    new Effect.Register(report),
                                    new Effect.Request(RoundJob.EVALUATION)));
            case EVALUATION -> new RoundStep(this, List.of(new Effect.Judge(report.metrics())));
        };
    }

    /// Takes the outcome of the gate, or a person's decision on the candidate.
    RoundStep on(Decision decision) {
        boolean open =
                switch (decision) {
                    // a person may overrule a rejection later
                    case Decision.Promoted _ ->
                            candidateId != null
                                    && state != RoundState.PROMOTED
                                    && state != RoundState.FAILED;
                    case Decision.Rejected _, Decision.Waits _ ->
                            state == RoundState.EVALUATING || state == RoundState.WAITING;
                };
        if (!open) {
            return new RoundStep(this, List.of());
        }
        return new RoundStep(
                switch (decision) {
                    case Decision.Promoted _ -> withState(RoundState.PROMOTED, "");
                    case Decision.Rejected _ -> withState(RoundState.REJECTED, "");
                    case Decision.Waits waits -> withState(RoundState.WAITING, waits.why());
                },
                List.of());
    }

    /// What became of the candidate.
    sealed interface Decision {
        /// It is served.
        record Promoted() implements Decision {}

        /// It is out.
        record Rejected() implements Decision {}

        /// A person must decide.
        record Waits(String why) implements Decision {}
    }

    /// The job that this round waits for, or null.
    @Nullable RoundJob awaits() {
        return switch (state) {
            case REWARD -> RoundJob.REWARD;
            case PREFERENCE -> RoundJob.PREFERENCE;
            case EVALUATING -> RoundJob.EVALUATION;
            case WAITING, PROMOTED, REJECTED, FAILED -> null;
        };
    }

    /// This round, changed at a time.
    Round at(Instant time) {
        return new Round(
                sequence,
                id,
                project,
                releaseLine,
                state,
                datasetId,
                base,
                rewardJobId,
                preferenceJobId,
                evaluationJobId,
                rewardModel,
                candidateId,
                error,
                startedBy,
                createTime,
                time);
    }

    private Round withState(RoundState next, String why) {
        return new Round(
                sequence,
                id,
                project,
                releaseLine,
                next,
                datasetId,
                base,
                rewardJobId,
                preferenceJobId,
                evaluationJobId,
                rewardModel,
                candidateId,
                why,
                startedBy,
                createTime,
                updateTime);
    }

    private Round withJobId(RoundJob job, String jobId) {
        return new Round(
                sequence,
                id,
                project,
                releaseLine,
                state,
                datasetId,
                base,
                job == RoundJob.REWARD ? jobId : rewardJobId,
                job == RoundJob.PREFERENCE ? jobId : preferenceJobId,
                job == RoundJob.EVALUATION ? jobId : evaluationJobId,
                rewardModel,
                candidateId,
                error,
                startedBy,
                createTime,
                updateTime);
    }

    private Round withRewardModel(@Nullable ModelVersion model) {
        return new Round(
                sequence,
                id,
                project,
                releaseLine,
                state,
                datasetId,
                base,
                rewardJobId,
                preferenceJobId,
                evaluationJobId,
                model,
                candidateId,
                error,
                startedBy,
                createTime,
                updateTime);
    }

    private Round withCandidate(String candidate) {
        return new Round(
                sequence,
                id,
                project,
                releaseLine,
                state,
                datasetId,
                base,
                rewardJobId,
                preferenceJobId,
                evaluationJobId,
                rewardModel,
                candidate,
                error,
                startedBy,
                createTime,
                updateTime);
    }
}
