package dev.gyre.trainer;

import dev.gyre.access.AccessInterceptor;
import dev.gyre.access.FailureInterceptor;
import dev.gyre.access.TokenVerifier;
import dev.gyre.access.VirtualThreadInterceptor;
import io.quarkus.grpc.GlobalInterceptor;
import io.quarkus.logging.Log;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/// What stands in front of every gRPC method.
final class Doors {
    Doors() {}

    @Produces
    @Singleton
    @GlobalInterceptor
    static AccessInterceptor access(TokenVerifier verifier) {
        return new AccessInterceptor(verifier);
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
