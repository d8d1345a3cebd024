package dev.gyre.inference.models;

import dev.gyre.artifacts.ModelVersion;
import dev.gyre.inference.generate.Generation;
import dev.gyre.inference.generate.Sampling;
import dev.gyre.inference.generate.Scheduler;
import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.chat.ChatTemplate;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A version of a model package that is loaded and takes requests.
///
/// @param version name and version of the package
/// @param manifestSha256 SHA-256 of its manifest.json
/// @param tokenizerSha256 SHA-256 of its tokenizer's file
/// @param variant graph that runs: `fp32` or `int8`
/// @param contextLength longest prompt and answer together, in tokens
/// @param reproducible whether it runs in reproducible mode
/// @param tokenizer the package's own
/// @param chatTemplate null when the package has none
/// @param endTokens ids that end an answer
/// @param scheduler runs its answers
public record ServedModel(
        ModelVersion version,
        String manifestSha256,
        String tokenizerSha256,
        String variant,
        int contextLength,
        boolean reproducible,
        Tokenizer tokenizer,
        @Nullable ChatTemplate chatTemplate,
        Set<Integer> endTokens,
        Scheduler scheduler)
        implements AutoCloseable {

    /// Starts to generate.
    ///
    /// @param prompt token ids
    /// @param topCount likeliest tokens to report beside each
    public Generation generate(int[] prompt, Sampling sampling, int topCount) {
        return scheduler.submit(
                new Generation.Request(prompt, sampling, topCount, endTokens, tokenizer));
    }

    /// Runs a few tokens, so that the first request finds the weights in memory.
    void warmUp() {
        Generation generation = generate(new int[] {0, 0}, Sampling.greedy(2), 0);
        while (generation.next().finish() == null) {
            // the tokens are of no interest
        }
    }

    @Override
    public void close() {
        scheduler.close();
    }
}
