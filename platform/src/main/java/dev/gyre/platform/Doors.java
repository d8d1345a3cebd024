package dev.gyre.platform;

import dev.gyre.access.AccessInterceptor;
import dev.gyre.access.FailureInterceptor;
import dev.gyre.access.TokenVerifier;
import dev.gyre.access.VirtualThreadInterceptor;
import io.quarkus.grpc.GlobalInterceptor;
import io.quarkus.logging.Log;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/// What stands in front of every gRPC method.
@Singleton
final class Doors {
    @Produces
    @Singleton
    static TokenVerifier tokens(AccessConfig config) {
        return TokenVerifier.fromFile(config.publicKeys(), config.issuer());
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
