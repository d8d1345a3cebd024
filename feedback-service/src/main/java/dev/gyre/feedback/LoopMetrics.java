package dev.gyre.feedback;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import jakarta.inject.Singleton;
import org.jdbi.v3.core.Jdbi;

/// What Prometheus sees of the loop, counted in the database when it asks.
///
/// | metric | says |
/// |---|---|
/// | `gyre_ratings{state}` | ratings in the ledger: parked, valid, invalid |
/// | `gyre_completions` | answers kept |
/// | `gyre_rounds{state}` | rounds by state |
/// | `gyre_outbox_events` | events not yet acknowledged by Kafka |
@Singleton
class LoopMetrics implements MeterBinder {
    private final Jdbi database;

    LoopMetrics(Jdbi database) {
        this.database = database;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        for (String state : new String[] {"parked", "valid", "invalid"}) {
            Gauge.builder("gyre.ratings", () -> count("rating", state))
                    .tag("state", state)
                    .register(registry);
        }
        for (String state :
                new String[] {
                    "reward",
                    "preference",
                    "evaluating",
                    "waiting",
                    "promoted",
                    "rejected",
                    "failed"
                }) {
            Gauge.builder("gyre.rounds", () -> count("round", state))
                    .tag("state", state)
                    .register(registry);
        }
        Gauge.builder("gyre.completions", () -> count("completion")).register(registry);
        Gauge.builder("gyre.outbox.events", () -> count("outbox")).register(registry);
    }

    /// @param table one of our own names
    private long count(String table, String state) {
        return database.withHandle(
                handle ->
                        handle.createQuery(
                                        "select count(*) from " + table + " where state = :state")
                                .bind("state", state)
                                .mapTo(Long.class)
                                .one());
    }

    private long count(String table) {
        return database.withHandle(
                handle ->
                        handle.createQuery("select count(*) from " + table)
                                .mapTo(Long.class)
                                .one());
    }
}
