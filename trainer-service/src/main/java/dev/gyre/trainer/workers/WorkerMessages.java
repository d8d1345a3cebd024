package dev.gyre.trainer.workers;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import dev.gyre.artifacts.ModelVersion;
import dev.gyre.proto.training.v1.JobProgress;
import dev.gyre.proto.training.v1.JobResult;
import dev.gyre.trainer.jobs.JobOutcome;
import dev.gyre.trainer.jobs.Progress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a worker writes → the domain: progress lines and its result.
final class WorkerMessages {
    private static final JsonFormat.Parser PARSER = JsonFormat.parser().ignoringUnknownFields();

    private WorkerMessages() {}

    /// Reads a line of a worker's standard output.
    ///
    /// @return empty when the line is no progress but a word for the log
    static Optional<Progress> progress(String line) {
        if (!line.startsWith("{")) {
            return Optional.empty();
        }
        var message = JobProgress.newBuilder();
        try {
            PARSER.merge(line, message);
            return message.getPhase().isBlank()
                    ? Optional.empty()
                    : Optional.of(
                            new Progress(
                                    message.getPhase(),
                                    message.getStep(),
                                    message.getTotalSteps(),
                                    message.getLoss(),
                                    message.getTokensPerSecond(),
                                    message.getRemainingSeconds(),
                                    storable(message.getNote())));
        } catch (InvalidProtocolBufferException | IllegalArgumentException noProgress) {
            return Optional.empty();
        }
    }

    /// Reads why a worker ends, from a line of its standard output.
    ///
    /// @return empty when the line is no such word
    static Optional<String> error(String line) {
        if (!line.startsWith("{")) {
            return Optional.empty();
        }
        var message = Struct.newBuilder();
        try {
            PARSER.merge(line, message);
        } catch (InvalidProtocolBufferException noWord) {
            return Optional.empty();
        }
        return field(message, "type").equals("error")
                ? Optional.of(storable(field(message, "message"))).filter(words -> !words.isBlank())
                : Optional.empty();
    }

    /// Words as PostgreSQL can keep them: a model may say U+0000, a text in a table may not.
    static String storable(String words) {
        return words.replace('\0', '\uFFFD');
    }

    private static String field(Struct.Builder message, String name) {
        return message.getFieldsOrDefault(name, Value.getDefaultInstance()).getStringValue();
    }

    /// Reads a worker's `result.json`.
    ///
    /// @param metricsPath where the job's metric file is; empty: there is none
    /// @throws IllegalArgumentException when it is none
    static JobOutcome outcome(String json, String metricsPath) {
        var message = JobResult.newBuilder();
        try {
            PARSER.merge(json, message);
        } catch (InvalidProtocolBufferException malformed) {
            throw new IllegalArgumentException(
                    "the worker's result is no JobResult: " + malformed.getMessage(), malformed);
        }
        return new JobOutcome(
                model(message), message.getManifestSha256(), message.getMetricsMap(), metricsPath);
    }

    private static @Nullable ModelVersion model(JobResult.Builder message) {
        return message.hasModel()
                ? new ModelVersion(message.getModel().getName(), message.getModel().getVersion())
                : null;
    }
}
