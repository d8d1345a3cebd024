package dev.gyre.inference.generate;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// What the scheduler of one model counts and times.
///
/// Meters carry the model's `name@version`; [#close()] takes them away when the model is unloaded.
public final class GenerateMetrics implements AutoCloseable {
    private final MeterRegistry registry;
    private final Consumer<Throwable> log;
    private final Counter promptTokens;
    private final Counter generatedTokens;
    private final Counter failures;
    private final Timer prefillRun;
    private final Timer decodeRun;
    private final Timer firstToken;
    private final Gauge waitingGauge;
    private final Gauge runningGauge;
    private volatile int waiting;
    private volatile int running;
    private volatile double recentAnswerSeconds = 1;

    /// @param model `name@version`
    /// @param log told of failed runs
    public GenerateMetrics(MeterRegistry registry, String model, Consumer<Throwable> log) {
        this.registry = registry;
        this.log = log;
        promptTokens = registry.counter("gyre.generate.prompt.tokens", "model", model);
        generatedTokens = registry.counter("gyre.generate.tokens", "model", model);
        failures = registry.counter("gyre.generate.failures", "model", model);
        prefillRun = registry.timer("gyre.generate.run", "model", model, "kind", "prefill");
        decodeRun = registry.timer("gyre.generate.run", "model", model, "kind", "decode");
        firstToken = registry.timer("gyre.generate.first.token", "model", model);
        waitingGauge =
                Gauge.builder("gyre.generate.waiting", this, metrics -> metrics.waiting)
                        .tag("model", model)
                        .register(registry);
        runningGauge =
                Gauge.builder("gyre.generate.running", this, metrics -> metrics.running)
                        .tag("model", model)
                        .register(registry);
    }

    void waiting(int count) {
        waiting = count;
    }

    void running(int count) {
        running = count;
    }

    void promptRead(int tokens, long nanos) {
        promptTokens.increment(tokens);
        prefillRun.record(nanos, TimeUnit.NANOSECONDS);
    }

    void decoded(long nanos) {
        decodeRun.record(nanos, TimeUnit.NANOSECONDS);
    }

    void firstToken(long nanosSinceSubmission) {
        firstToken.record(nanosSinceSubmission, TimeUnit.NANOSECONDS);
    }

    void generated() {
        generatedTokens.increment();
    }

    /// An answer ended: how long it took since it was submitted.
    void answered(long nanosSinceSubmission) {
        recentAnswerSeconds = 0.8 * recentAnswerSeconds + 0.2 * nanosSinceSubmission / 1e9;
    }

    /// Seconds that answers took lately, a moving average.
    double recentAnswerSeconds() {
        return recentAnswerSeconds;
    }

    void failed(RuntimeException cause) {
        failures.increment();
        log.accept(cause);
    }

    @Override
    public void close() {
        for (var meter :
                java.util.List.of(
                        promptTokens,
                        generatedTokens,
                        failures,
                        prefillRun,
                        decodeRun,
                        firstToken,
                        waitingGauge,
                        runningGauge)) {
            registry.remove(meter);
        }
    }
}
