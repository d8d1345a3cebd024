package dev.gyre.feedback.completions;

import jakarta.inject.Singleton;
import java.time.Clock;
import org.jdbi.v3.core.Jdbi;

/// Forgets answers that nobody has rated in time.
@Singleton
public final class CompletionRetention {
    private final Jdbi database;
    private final CompletionStore store;
    private final CompletionsConfig config;
    private final Clock clock;

    /// @param config says how long
    public CompletionRetention(
            Jdbi database, CompletionStore store, CompletionsConfig config, Clock clock) {
        this.database = database;
        this.store = store;
        this.config = config;
        this.clock = clock;
    }

    /// Deletes what is too old.
    public void forget() {
        database.useHandle(
                handle -> store.deleteUnrated(handle, clock.instant().minus(config.keepUnrated())));
    }
}
