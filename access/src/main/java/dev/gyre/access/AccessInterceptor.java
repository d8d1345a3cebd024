package dev.gyre.access;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;

/// Lets only calls with a valid access token pass, but for health and reflection, and puts the
/// [Identity] into the gRPC context: the token's owner, or the person for whom a service calls
/// ([OnBehalfOf]).
public final class AccessInterceptor implements ServerInterceptor {
    /// Entry that carries `Bearer <token>`.
    public static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private static final Context.Key<Identity> IDENTITY = Context.key("gyre-identity");

    private final TokenVerifier verifier;

    /// @param verifier checks the tokens
    public AccessInterceptor(TokenVerifier verifier) {
        this.verifier = verifier;
    }

    /// The caller of the current gRPC call.
    ///
    /// @throws FailureException [Failure.Unauthenticated] outside of a call that passed this
    ///   interceptor
    public static Identity identity() {
        Identity identity = IDENTITY.get();
        if (identity == null) {
            throw new FailureException(
                    new Failure.Unauthenticated("this call has no verified caller"));
        }
        return identity;
    }

    /// A context for calls inside the process, made for a caller that another door has verified.
    public static Context contextOf(Identity verified) {
        return Context.ROOT.withValue(IDENTITY, verified);
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        if (isOpen(call.getMethodDescriptor().getFullMethodName())) {
            return next.startCall(call, headers);
        }
        Identity identity;
        try {
            identity =
                    OnBehalfOf.resolve(verifier.authenticate(headers.get(AUTHORIZATION)), headers);
        } catch (FailureException refused) {
            Status status = refused.failure().grpcStatus();
            call.close(status, new Metadata());
            return new ServerCall.Listener<>() {};
        }
        return Contexts.interceptCall(
                Context.current().withValue(IDENTITY, identity), call, headers, next);
    }

    private static boolean isOpen(String method) {
        return method.startsWith("grpc.health.v1.Health/") || method.startsWith("grpc.reflection.");
    }
}
