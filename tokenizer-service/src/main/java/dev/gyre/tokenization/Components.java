package dev.gyre.tokenization;

import dev.gyre.artifacts.ArtifactStore;
import dev.gyre.tokenization.corpus.Tokenizers;
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

    @Produces
    @Singleton
    static Tokenizers ofCorpora(TokenizerStore tokenizers) {
        return reference -> {
            StoredTokenizer found = tokenizers.find(reference);
            return new Tokenizers.Named(
                    found.place().reference(), found.place().sha256(), found.tokenizer());
        };
    }
}
