package dev.gyre.tokenization;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/// What callers may use. The defaults fit a heap of 512 MB.
@ConfigMapping(prefix = "gyre.tokenization")
interface LimitsConfig {
    /// Tokenizers kept in memory; one of 50,000 tokens takes about 20 MB.
    @WithDefault("4")
    int loadedTokenizers();

    /// Texts encoded or decoded at once; each takes up to 40 MB for the longest text.
    @WithDefault("2")
    int concurrentRequests();

    /// How long a request waits for its turn before it is refused.
    @WithDefault("10s")
    Duration queueTimeout();

    /// Longest text to train on, in bytes of UTF-8.
    @WithDefault("4294967296")
    long maxTrainingTextBytes();

    /// Memory of a training, for counts and learning; counts beyond it go to the system's folder
    /// for temporary files. Enough for Unigram on 19 MB of English.
    @WithDefault("320000000")
    long trainingMemoryBytes();

    /// How long a training call may send nothing before another may take its place.
    @WithDefault("30s")
    Duration trainingIdleTimeout();

    /// How long a replica may give no sign of life before another goes on with its training.
    @WithDefault("20s")
    Duration trainingTakeover();
}
