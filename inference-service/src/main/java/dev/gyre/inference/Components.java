package dev.gyre.inference;

import dev.gyre.access.TokenVerifier;
import dev.gyre.artifacts.ArtifactStore;
import dev.gyre.artifacts.ModelPackages;
import dev.gyre.events.EventPublisher;
import dev.gyre.inference.completions.Completions;
import dev.gyre.inference.completions.CompletionsConfig;
import dev.gyre.inference.generate.GenerateConfig;
import dev.gyre.inference.models.ModelLoader;
import dev.gyre.inference.models.Models;
import dev.gyre.inference.models.ModelsConfig;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;

/// The parts of the service, which know nothing of the framework, put together. [Lifecycle] closes
/// them in order.
@Singleton
final class Components {
    private final Clock clock = Clock.systemUTC();

    @Produces
    @Singleton
    TokenVerifier tokenVerifier(AccessConfig config) throws IOException {
        return TokenVerifier.fromFile(config.publicKeys(), config.issuer());
    }

    @Produces
    @Singleton
    EventPublisher publisher(KafkaConfig kafka) {
        return new EventPublisher(kafka.settings(), "inference-service");
    }

    @Produces
    @Singleton
    Models models(
            ArtifactsConfig artifacts,
            ModelsConfig models,
            GenerateConfig generate,
            MeterRegistry meters)
            throws IOException {
        Path cache =
                artifacts
                        .cache()
                        .orElseGet(
                                () -> Path.of(System.getProperty("java.io.tmpdir"), "gyre-cache"));
        ModelPackages packages = new ModelPackages(ArtifactStore.open(artifacts.location()), cache);
        return new Models(new ModelLoader(packages, models, generate, meters), models);
    }

    @Produces
    @Singleton
    Completions completions(
            Models models,
            CompletionsConfig config,
            EventPublisher publisher,
            MeterRegistry meters) {
        return new Completions(models, config, publisher, meters, clock);
    }
}
