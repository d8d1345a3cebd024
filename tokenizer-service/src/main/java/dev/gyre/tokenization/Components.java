package dev.gyre.tokenization;

import dev.gyre.artifacts.ArtifactStore;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;

/// The parts of the service, which know nothing of the framework, put together.
@Singleton
final class Components {
    @Produces
    @Singleton
    static TokenizerStore tokenizers(ArtifactStore artifacts, LimitsConfig limits) {
        return new TokenizerStore(artifacts, limits.loadedTokenizers(), Clock.systemUTC());
    }
}
