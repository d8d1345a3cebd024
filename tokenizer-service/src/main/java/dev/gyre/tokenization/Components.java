package dev.gyre.tokenization;

import dev.gyre.access.AccessInterceptor;
import dev.gyre.access.FailureInterceptor;
import dev.gyre.access.TokenVerifier;
import dev.gyre.access.VirtualThreadInterceptor;
import dev.gyre.artifacts.ArtifactStore;
import io.quarkus.grpc.GlobalInterceptor;
import io.quarkus.logging.Log;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;

/// The parts that come from libraries, and what stands in front of every gRPC method.
@Singleton
final class Components {
    @Produces
    @Singleton
    static ArtifactStore artifacts(ArtifactsConfig config) throws IOException {
        return ArtifactStore.open(config.location());
    }

    @Produces
    @Singleton
    static TokenizerStore tokenizers(ArtifactStore artifacts, LimitsConfig limits) {
        return new TokenizerStore(artifacts, limits.loadedTokenizers(), Clock.systemUTC());
    }

    @Produces
    @Singleton
    static TokenVerifier tokens(AccessConfig config) {
        try {
            return TokenVerifier.fromFile(config.publicKeys(), config.issuer());
        } catch (IOException failure) {
            throw new UncheckedIOException(
                    "cannot read the public keys at "
                            + config.publicKeys()
                            + "; set gyre.access.public-keys to a JWK set",
                    failure);
        }
    }

    @Produces
    @Singleton
    @GlobalInterceptor
    static AccessInterceptor access(TokenVerifier tokens) {
        return new AccessInterceptor(tokens);
    }

    @Produces
    @Singleton
    @GlobalInterceptor
    static FailureInterceptor failures() {
        return new FailureInterceptor(failure -> Log.error("a call failed", failure));
    }

    @Produces
    @Singleton
    @GlobalInterceptor
    static VirtualThreadInterceptor threads() {
        return new VirtualThreadInterceptor();
    }
}
