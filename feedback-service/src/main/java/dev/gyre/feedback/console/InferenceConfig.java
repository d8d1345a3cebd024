package dev.gyre.feedback.console;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/// Where inference-service is: `gyre.inference.*`.
@ConfigMapping(prefix = "gyre.inference")
interface InferenceConfig {
    /// `host:port` of its gRPC server.
    @WithDefault("localhost:9081")
    String grpcAddress();

    /// Time after which an answer is given up, waiting for its turn included. The longest answer of
    /// a small model on two busy cores takes a few minutes.
    @WithDefault("10m")
    Duration answerTimeout();

    /// Time after which a short call is given up.
    @WithDefault("10s")
    Duration callTimeout();
}
