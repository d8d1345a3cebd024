package dev.gyre.tokenization.corpus;

import dev.gyre.access.FailureException;
import dev.gyre.artifacts.ArtifactStore;
import dev.gyre.events.KafkaSettings;
import io.quarkus.logging.Log;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/// Starts the corpora with the service and ends them with it.
@Singleton
public class CorpusLifecycle {
    private final KafkaSettings kafka;
    private final ArtifactStore artifacts;
    private final Tokenizers tokenizers;
    private final CorpusConfig config;
    private volatile @Nullable CorpusService service;

    CorpusLifecycle(
            KafkaSettings kafka,
            ArtifactStore artifacts,
            Tokenizers tokenizers,
            CorpusConfig config) {
        this.kafka = kafka;
        this.artifacts = artifacts;
        this.tokenizers = tokenizers;
        this.config = config;
    }

    void start(@Observes StartupEvent event) {
        service =
                new CorpusService(
                        kafka,
                        artifacts,
                        tokenizers,
                        CorpusService.Settings.of(config),
                        Clock.systemUTC(),
                        Log::warn);
    }

    void stop(@Observes ShutdownEvent event) {
        CorpusService started = service;
        if (started != null) {
            started.close();
        }
    }

    /// The corpora of this replica.
    ///
    /// @throws FailureException before they have started: calls are taken a moment earlier
    CorpusService service() {
        CorpusService started = service;
        if (started == null) {
            throw FailureException.unavailable("the corpora are starting; try again");
        }
        return started;
    }

    /// Whether they work or are about to.
    boolean isAlive() {
        CorpusService started = service;
        return started != null && started.isAlive();
    }
}
