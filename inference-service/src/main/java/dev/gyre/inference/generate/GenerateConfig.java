package dev.gyre.inference.generate;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.OptionalInt;

/// How models are run.
@ConfigMapping(prefix = "gyre.generate")
public interface GenerateConfig {
    /// Answers generated at once by a model. More give more tokens a second, up to what the cores
    /// can do, and take more memory: `2 × layers × KV heads × head size × 4 bytes` a token of
    /// context.
    @WithDefault("8")
    int slots();

    /// Longest prompt and answer together, in tokens; a model with a shorter context keeps its own.
    @WithDefault("2048")
    int contextLength();

    /// Prompt tokens read in one run, at most. A chunk holds up the running answers for its time:
    /// 64 tokens take a 135M model about 150 ms on two cores.
    @WithDefault("64")
    int chunkTokens();

    /// Answers that may wait for a slot, for each model; more are refused.
    @WithDefault("64")
    int queue();

    /// Threads of one run. Default: the number of processors.
    OptionalInt threads();

    /// Reproducible mode: fp32 and fixed run shapes, so that the same seed gives the same ids,
    /// alone or in a batch. One stream is slower, since every decode run has as many rows as there
    /// are slots.
    @WithDefault("false")
    boolean reproducible();
}
