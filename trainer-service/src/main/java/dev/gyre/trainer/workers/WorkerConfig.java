package dev.gyre.trainer.workers;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/// How workers are run.
@ConfigMapping(prefix = "gyre.worker")
public interface WorkerConfig {
    /// Class path of the worker, as `java -cp` takes it. Unset: this service accepts jobs and runs
    /// none.
    Optional<String> classPath();

    /// Main class of the worker.
    @WithDefault("dev.gyre.training.worker.Worker")
    String mainClass();

    /// Options of the worker's JVM, separated by spaces. The weights live outside of the heap. A
    /// worker without memory exits at once, so that it is seen.
    @WithDefault(
            "-XX:+UseSerialGC -Xmx1g -XX:+ExitOnOutOfMemoryError --enable-native-access=ALL-UNNAMED"
                    + " --sun-misc-unsafe-memory-access=allow")
    String javaOptions();

    /// Niceness, 0 to 19: training gives way to serving.
    @WithDefault("10")
    int nice();

    /// Threads of a worker; 0: as many as there are processors. The same number gives the same
    /// metrics to the bit.
    @WithDefault("0")
    int threads();

    /// Workers at a time. A worker takes all the memory and cores that it can get, so one.
    @WithDefault("1")
    int slots();

    /// How long an attempt is taken for alive without a word from its service.
    @WithDefault("30s")
    Duration lease();

    /// How often a free slot looks for a job, and a running one for its cancellation.
    @WithDefault("500ms")
    Duration pollInterval();

    /// Shortest time between two reports of progress that are kept; a new phase is kept at once.
    @WithDefault("1s")
    Duration progressInterval();

    /// How often a worker writes a checkpoint: what a kill may cost.
    @WithDefault("60s")
    Duration checkpointInterval();

    /// How long a worker that was asked to stop may take to write a checkpoint.
    @WithDefault("20s")
    Duration stopTimeout();
}
