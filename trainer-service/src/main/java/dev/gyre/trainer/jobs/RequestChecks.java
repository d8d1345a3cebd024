package dev.gyre.trainer.jobs;

import dev.gyre.proto.training.v1.JobSpec;

/// What both doors ask of a request.
final class RequestChecks {
    static final int MAX_REQUEST_ID_CHARACTERS = 128;

    /// Largest specification in bytes; far above any that the checks let pass, far below what an
    /// event holds.
    static final int MAX_SPECIFICATION_BYTES = 65_536;

    private RequestChecks() {}

    /// Checks the form of a request id.
    ///
    /// @return the id
    /// @throws IllegalArgumentException when it cannot be one
    static String requestId(String id) {
        if (id.isBlank()
                || id.length() > MAX_REQUEST_ID_CHARACTERS
                || id.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    "request_id has "
                            + id.length()
                            + " characters; wanted: 1 to "
                            + MAX_REQUEST_ID_CHARACTERS
                            + " without control characters, for example a UUID");
        }
        return id;
    }

    /// Checks the form of a project's name.
    ///
    /// @return the name
    /// @throws IllegalArgumentException when it cannot be one
    static String project(String project) {
        if (!project.matches("[a-z0-9][a-z0-9-]{0,63}")) {
            throw new IllegalArgumentException(
                    "project '" + project + "' is not 1 to 64 of a-z, 0-9 and hyphen");
        }
        return project;
    }

    /// Refuses a specification that is too large to be kept.
    static void size(JobSpec spec) {
        if (spec.getSerializedSize() > MAX_SPECIFICATION_BYTES) {
            throw new IllegalArgumentException(
                    "spec has "
                            + spec.getSerializedSize()
                            + " bytes, the limit is "
                            + MAX_SPECIFICATION_BYTES
                            + "; name data by reference");
        }
    }
}
