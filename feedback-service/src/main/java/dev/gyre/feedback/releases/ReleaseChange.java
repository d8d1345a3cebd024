package dev.gyre.feedback.releases;

import dev.gyre.artifacts.ModelVersion;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A change of a line, as it is kept for good.
///
/// @param epoch epoch that it led to
/// @param action `promote` or `roll-back`
/// @param model what is served since
/// @param verdict what the gate said of it; null when it was not asked
/// @param overruled whether a person promoted it although the gate did not pass it
public record ReleaseChange(
        long epoch,
        String action,
        ModelVersion model,
        @Nullable String verdict,
        boolean overruled,
        String reason,
        String changedBy,
        Instant time) {}
