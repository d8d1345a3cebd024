package dev.gyre.trainer.jobs;

import java.util.Objects;

/// A wish for a job, from gRPC or Kafka.
///
/// @param requestId chosen by the asker; a second request with it makes no second job
/// @param project the project that owns the job
/// @param specification what to do
/// @param requestedBy the verified subject who asked
public record JobRequest(
        String requestId, String project, JobSpecification specification, String requestedBy) {
    public JobRequest {
        Objects.requireNonNull(requestId, "requestId");
        Objects.requireNonNull(project, "project");
        Objects.requireNonNull(specification, "specification");
        Objects.requireNonNull(requestedBy, "requestedBy");
    }

    /// Whether `other` asks for the same work; who asks does not matter.
    boolean asksTheSameAs(JobRequest other) {
        return requestId.equals(other.requestId)
                && project.equals(other.project)
                && specification.equals(other.specification);
    }
}
