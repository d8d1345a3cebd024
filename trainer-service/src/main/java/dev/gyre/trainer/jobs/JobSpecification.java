package dev.gyre.trainer.jobs;

import java.util.Objects;

/// What a job is to do, as the worker gets it.
///
/// @param kind the kind, to be read without parsing `json`
/// @param json a `gyre.training.v1.JobSpec` in protobuf's JSON form, printed always in the same
///   way: two specifications are the same work exactly when their texts are equal
public record JobSpecification(JobKind kind, String json) {
    public JobSpecification {
        Objects.requireNonNull(kind, "kind");
        if (json.isBlank()) {
            throw new IllegalArgumentException("the specification of a job has no text");
        }
    }
}
