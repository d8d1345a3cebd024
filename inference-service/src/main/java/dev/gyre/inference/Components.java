package dev.gyre.inference;

import dev.gyre.artifacts.ModelPackages;
import dev.gyre.events.EventPublisher;
import dev.gyre.events.KafkaSettings;
import dev.gyre.inference.completions.Completions;
import dev.gyre.inference.completions.CompletionsConfig;
import dev.gyre.inference.generate.GenerateConfig;
import dev.gyre.inference.models.ModelLoader;
import dev.gyre.inference.models.Models;
import dev.gyre.inference.models.ModelsConfig;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;

/// The parts of the service, which know nothing of the framework, put together. [Lifecycle] closes
/// them in order.
@Singleton
final class Components {
    private final Clock clock = Clock.systemUTC();

    @Produces
    @Singleton
    EventPublisher publisher(KafkaSettings kafka) {
        return new EventPublisher(kafka, "inference-service");
    }

    @Produces
    @Singleton
    Models models(
            ModelPackages packages,
            ModelsConfig models,
            GenerateConfig generate,
            MeterRegistry meters) {
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
