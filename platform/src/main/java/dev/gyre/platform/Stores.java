package dev.gyre.platform;

import dev.gyre.artifacts.ArtifactStore;
import dev.gyre.artifacts.ModelPackages;
import dev.gyre.events.KafkaSettings;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;

/// Where records and artifacts are kept.
@Singleton
final class Stores {
    @Produces
    @Singleton
    static KafkaSettings kafka(KafkaConfig config) {
        return config.settings();
    }

    @Produces
    @Singleton
    static ArtifactStore artifacts(ArtifactsConfig config) {
        try {
            return ArtifactStore.open(config.location());
        } catch (IOException failure) {
            throw new UncheckedIOException(
                    "cannot open the artifact store at "
                            + config.location()
                            + "; set gyre.artifacts.location",
                    failure);
        }
    }

    @Produces
    @Singleton
    static ModelPackages packages(ArtifactStore store, ArtifactsConfig config) {
        return new ModelPackages(store, config.cache());
    }
}
