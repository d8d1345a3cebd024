package dev.gyre.feedback.completions;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/// How long answers are kept: `gyre.completions.*`.
@ConfigMapping(prefix = "gyre.completions")
public interface CompletionsConfig {
    /// Age at which an answer that nobody has rated is deleted; as long as its topic keeps it.
    /// Rated ones are kept.
    @WithDefault("30d")
    Duration keepUnrated();
}
