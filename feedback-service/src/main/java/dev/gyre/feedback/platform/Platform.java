package dev.gyre.feedback.platform;

import dev.gyre.access.AccessInterceptor;
import dev.gyre.access.FailureInterceptor;
import dev.gyre.access.TokenVerifier;
import dev.gyre.access.VirtualThreadInterceptor;
import dev.gyre.artifacts.ArtifactStore;
import dev.gyre.artifacts.ModelPackages;
import dev.gyre.events.KafkaSettings;
import io.quarkus.grpc.GlobalInterceptor;
import io.quarkus.logging.Log;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;

/// Makes the things that come from libraries, out of the settings.
@Singleton
final class Platform {
    @Produces
    @Singleton
    static Clock clock() {
        return Clock.systemUTC();
    }

    @Produces
    @Singleton
    static Jdbi database(DataSource source) {
        return Jdbi.create(source);
    }

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
                    "cannot open the artifact store at " + config.location(), failure);
        }
    }

    @Produces
    @Singleton
    static ModelPackages packages(ArtifactStore store, ArtifactsConfig config) {
        return new ModelPackages(store, Path.of(config.cache()));
    }

    @Produces
    @Singleton
    static TokenVerifier tokens(AccessConfig config) {
        try {
            return TokenVerifier.fromFile(Path.of(config.publicKeys()), config.issuer());
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
        return new FailureInterceptor(failure -> Log.error("a gRPC call failed", failure));
    }

    @Produces
    @Singleton
    @GlobalInterceptor
    static VirtualThreadInterceptor threads() {
        return new VirtualThreadInterceptor();
    }
}
