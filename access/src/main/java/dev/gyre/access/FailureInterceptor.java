package dev.gyre.access;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.function.Consumer;

/// Turns what a call ends with into a status: a [FailureException] into its own,
/// [IllegalArgumentException] into INVALID_ARGUMENT, anything else into INTERNAL without its
/// details.
///
/// It looks at the status with which a call is closed, because gRPC turns an exception that leaves
/// a handler or is given to `onError` into UNKNOWN with the exception as its cause.
public final class FailureInterceptor implements ServerInterceptor {
    /// Milliseconds after which a refused call may be tried again, as in the gRPC retry design
    /// (A6).
    public static final Metadata.Key<String> RETRY_AFTER =
            Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

    private final Consumer<Throwable> log;

    /// @param log told of every exception that is no refusal
    public FailureInterceptor(Consumer<Throwable> log) {
        this.log = log;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        ServerCall<Q, A> translating = new TranslatingCall<>(call);
        return new CatchingListener<>(translating, next.startCall(translating, headers));
    }

    /// Sees what a handler gives to `onError`.
    private final class TranslatingCall<Q, A> extends SimpleForwardingServerCall<Q, A> {
        TranslatingCall(ServerCall<Q, A> call) {
            super(call);
        }

        @Override
        public void close(Status status, Metadata trailers) {
            Throwable cause = status.getCause();
            super.close(
                    status.getCode() == Status.Code.UNKNOWN && cause != null
                            ? translate(cause, trailers)
                            : status,
                    trailers);
        }
    }

    /// Sees what a handler throws, which never reaches [ServerCall#close] by itself.
    private static final class CatchingListener<Q, A>
            extends SimpleForwardingServerCallListener<Q> {
        private final ServerCall<Q, A> call;

        CatchingListener(ServerCall<Q, A> call, ServerCall.Listener<Q> listener) {
            super(listener);
            this.call = call;
        }

        @Override
        public void onMessage(Q message) {
            closeOnException(() -> super.onMessage(message));
        }

        @Override
        public void onHalfClose() {
            closeOnException(super::onHalfClose);
        }

        @Override
        public void onReady() {
            closeOnException(super::onReady);
        }

        private void closeOnException(Runnable handler) {
            try {
                handler.run();
            } catch (RuntimeException | Error exception) {
                call.close(Status.fromThrowable(exception), new Metadata());
            }
        }
    }

    private Status translate(Throwable cause, Metadata trailers) {
        if (cause instanceof FailureException refusal) {
            if (refusal.failure() instanceof Failure.Busy busy) {
                trailers.put(RETRY_AFTER, Long.toString(busy.retryAfter().toMillis()));
            }
            return refusal.failure().grpcStatus();
        }
        if (cause instanceof IllegalArgumentException wrong) {
            return Status.INVALID_ARGUMENT.withDescription(wrong.getMessage());
        }
        log.accept(cause);
        return Status.INTERNAL.withDescription("internal error; the service's log has the details");
    }
}
