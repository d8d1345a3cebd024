package dev.gyre.inference.completions;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// How completion events are kept safe.
@ConfigMapping(prefix = "gyre.completions")
public interface CompletionsConfig {
    /// Folder of the spool, on a disk that survives a restart. Unset: `gyre-spool` in the folder
    /// for temporary files.
    Optional<Path> spool();

    /// Bytes of events that Kafka has not taken yet, at most; then requests are refused with 503.
    @WithDefault("268435456")
    long spoolLimit();

    /// How long to wait for Kafka to take a batch of events before trying again.
    @WithDefault("PT10S")
    Duration acknowledgeWithin();
}
