package dev.gyre.trainer.jobs;

import dev.gyre.artifacts.ModelVersion;
import dev.gyre.events.ProtoTime;
import dev.gyre.proto.training.v1.CandidateProduced;
import dev.gyre.proto.training.v1.JobProgress;
import dev.gyre.proto.training.v1.JobResult;
import dev.gyre.proto.training.v1.JobSpec;
import dev.gyre.proto.training.v1.ModelRef;
import java.util.Objects;

/// Jobs → their messages, for gRPC and Kafka.
final class JobMessages {
    private JobMessages() {}

    static dev.gyre.proto.training.v1.Job toMessage(Job job) {
        var message =
                dev.gyre.proto.training.v1.Job.newBuilder()
                        .setId(job.id())
                        .setRequestId(job.request().requestId())
                        .setProject(job.request().project())
                        .setSpec(SpecificationMessages.toMessage(job.request().specification()))
                        .setState(state(job.state()))
                        .setAttempt(job.attempt())
                        .setCreateTime(ProtoTime.of(job.createTime()))
                        .setUpdateTime(ProtoTime.of(job.updateTime()))
                        .setRequestedBy(job.request().requestedBy());
        if (job.progress() != null) {
            message.setProgress(toMessage(job.progress()));
        }
        if (job.state() instanceof JobState.Succeeded(JobOutcome outcome)) {
            message.setResult(toMessage(outcome));
        }
        if (job.state() instanceof JobState.Failed(String error)) {
            message.setError(error);
        }
        return message.build();
    }

    private static dev.gyre.proto.training.v1.JobState state(JobState state) {
        return switch (state) {
            case JobState.Queued() -> dev.gyre.proto.training.v1.JobState.JOB_STATE_QUEUED;
            case JobState.Running(_) -> dev.gyre.proto.training.v1.JobState.JOB_STATE_RUNNING;
            case JobState.Checkpointed(_, _) ->
                    dev.gyre.proto.training.v1.JobState.JOB_STATE_CHECKPOINTED;
            case JobState.Succeeded(_) -> dev.gyre.proto.training.v1.JobState.JOB_STATE_SUCCEEDED;
            case JobState.Failed(_) -> dev.gyre.proto.training.v1.JobState.JOB_STATE_FAILED;
            case JobState.Cancelled() -> dev.gyre.proto.training.v1.JobState.JOB_STATE_CANCELLED;
        };
    }

    static JobProgress toMessage(Progress progress) {
        return JobProgress.newBuilder()
                .setPhase(progress.phase())
                .setStep(progress.step())
                .setTotalSteps(progress.totalSteps())
                .setLoss(progress.loss())
                .setTokensPerSecond(progress.tokensPerSecond())
                .setRemainingSeconds(progress.remainingSeconds())
                .setNote(progress.note())
                .build();
    }

    private static JobResult toMessage(JobOutcome outcome) {
        var message =
                JobResult.newBuilder()
                        .setManifestSha256(outcome.manifestSha256())
                        .putAllMetrics(outcome.metrics())
                        .setMetricsPath(outcome.metricsPath());
        if (outcome.model() != null) {
            message.setModel(toMessage(outcome.model()));
        }
        return message.build();
    }

    /// The announcement of the package that `job` wrote, with what it was made from.
    static CandidateProduced candidate(Job job, JobOutcome outcome) {
        var message =
                CandidateProduced.newBuilder()
                        .setJobId(job.id())
                        .setProject(job.request().project())
                        .setModel(toMessage(Objects.requireNonNull(outcome.model(), "model")))
                        .setManifestSha256(outcome.manifestSha256())
                        .setTime(ProtoTime.of(job.updateTime()));
        JobSpec spec = SpecificationMessages.toMessage(job.request().specification());
        if (spec.hasDpo()) {
            message.setParent(spec.getDpo().getBase()).setDataset(spec.getDpo().getDataset());
        }
        return message.build();
    }

    private static ModelRef toMessage(ModelVersion model) {
        return ModelRef.newBuilder().setName(model.name()).setVersion(model.version()).build();
    }
}
