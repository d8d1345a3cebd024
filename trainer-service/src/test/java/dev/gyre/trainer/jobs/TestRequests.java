package dev.gyre.trainer.jobs;

import dev.gyre.proto.training.v1.JobSpec;
import dev.gyre.proto.training.v1.PretrainJob;

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
}
