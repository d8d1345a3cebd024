package dev.gyre.trainer.jobs;

import dev.gyre.proto.training.v1.JobSpec;
import dev.gyre.proto.training.v1.PretrainJob;
import java.time.Instant;

/// Requests for the tests.
public final class TestRequests {
    private TestRequests() {}

    /// A pretrain job.
    ///
    /// @param text the fake worker's orders
    public static JobSpec pretrain(String text, int steps) {
        return JobSpec.newBuilder()
                .setPretrain(
                        PretrainJob.newBuilder().setModelName("tiny").setText(text).setSteps(steps))
                .build();
    }

    public static JobRequest request(String requestId, JobSpec spec) {
        return new JobRequest(
                requestId, "default", SpecificationMessages.fromMessage(spec), "anna");
    }

    /// A job that waits.
    public static Job job(String id, JobSpec spec) {
        return Job.queued(id, request("request of " + id, spec), Instant.EPOCH);
    }
}
