package dev.gyre.feedback.releases;

import dev.gyre.artifacts.ModelVersion;
import dev.gyre.feedback.gate.GateCheck;
import dev.gyre.feedback.gate.Verdict;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A version that may be promoted. Its id is `name@version`: a version never changes.
///
/// @param sequence place in the list, ascending; 0 before it is stored
/// @param parent what it was trained from; null for imports and pretraining
/// @param datasetId data set it was trained on; null for imports and pretraining
/// @param verdict what the gate says; null before the measurement
/// @param checks the gate's evidence
/// @param metrics everything that was measured
/// @param reason why it stands where it stands
public record Candidate(
        long sequence,
        String project,
        String releaseLine,
        Release release,
        @Nullable ModelVersion parent,
        @Nullable String datasetId,
        @Nullable String datasetSha256,
        String jobId,
        CandidateState state,
        @Nullable Verdict verdict,
        List<GateCheck> checks,
        Map<String, Double> metrics,
        String reason,
        Instant createTime) {
    public Candidate {
        checks = List.copyOf(checks);
        metrics = Map.copyOf(metrics);
    }

    /// `name@version`.
    public String id() {
        return release.model().toString();
    }

    /// A version that has just been made.
    public static Candidate fresh(
            String project,
            String releaseLine,
            Release release,
            @Nullable ModelVersion parent,
            @Nullable String datasetId,
            @Nullable String datasetSha256,
            String jobId,
            CandidateState state,
            Instant now) {
        return new Candidate(
                0,
                project,
                releaseLine,
                release,
                parent,
                datasetId,
                datasetSha256,
                jobId,
                state,
                null,
                List.of(),
                Map.of(),
                "",
                now);
    }
}
