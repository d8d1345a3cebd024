package dev.gyre.trainer.jobs;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// What Prometheus sees of jobs.
///
/// | metric | says |
/// |---|---|
/// | `gyre_jobs{state}` | jobs that have not ended, by state |
/// | `gyre_jobs_submitted_total{kind}` | jobs accepted |
/// | `gyre_jobs_ended_total{kind,state}` | jobs that succeeded, failed or were cancelled |
/// | `gyre_jobs_attempts_total{kind}` | attempts begun |
/// | `gyre_jobs_attempts_lost_total{kind}` | attempts that ended before the job did |
/// | `gyre_outbox_events` | events not yet acknowledged by Kafka |
public final class JobMetrics {
    private static final List<String> OPEN_STATES = List.of("queued", "running", "checkpointed");

    private final MeterRegistry registry;
    private final Map<String, AtomicLong> open = new ConcurrentHashMap<>();
    private final AtomicLong unsent = new AtomicLong();

    public JobMetrics(MeterRegistry registry) {
        this.registry = registry;
        for (String state : OPEN_STATES) {
            open.put(
                    state,
                    registry.gauge(
                            "gyre.jobs",
                            List.of(io.micrometer.core.instrument.Tag.of("state", state)),
                            new AtomicLong()));
        }
        registry.gauge("gyre.outbox.events", unsent);
    }

    void submitted(Job job) {
        count("gyre.jobs.submitted", job);
        if (job.state().ended()) {
            ended(job);
        }
    }

    void changed(Job before, Job after) {
        if (after.state().ended()) {
            ended(after);
        }
        if (after.attempt() > before.attempt()) {
            count("gyre.jobs.attempts", after);
        }
        if (after.state() instanceof JobState.Checkpointed) {
            count("gyre.jobs.attempts.lost", after);
        }
    }

    /// Sets the numbers of jobs that have not ended.
    void open(Map<String, Long> byState) {
        open.forEach((state, number) -> number.set(byState.getOrDefault(state, 0L)));
    }

    /// Sets the number of events that wait in the outbox.
    void unsent(long events) {
        unsent.set(events);
    }

    private void ended(Job job) {
        registry.counter(
                        "gyre.jobs.ended",
                        "kind",
                        job.request().specification().kind().label(),
                        "state",
                        job.state().label())
                .increment();
    }

    private void count(String name, Job job) {
        registry.counter(name, "kind", job.request().specification().kind().label()).increment();
    }
}
