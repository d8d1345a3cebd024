package dev.gyre.access;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Runs each call on virtual threads, so that its method may block: the events of one call one
/// after another and in the order in which they came, those of several calls at once.
///
/// It stands in for Quarkus' `@RunOnVirtualThread` on gRPC methods. There (3.34.2,
/// `BlockingServerInterceptor`) the end of the request may overtake the request itself while the
/// call starts, or an event may stay unseen when it arrives as the last one ends: the call fails
/// with `INTERNAL: Half-closed without a request`, or hangs. Here an event can do neither, because
/// a queue decides in one place under one lock.
public final class VirtualThreadInterceptor implements ServerInterceptor {
    private final Executor threads;

    public VirtualThreadInterceptor() {
        this(task -> Thread.ofVirtual().name("grpc-call").start(task));
    }

    /// @param threads runs what it is given on another thread, where that may block
    VirtualThreadInterceptor(Executor threads) {
        this.threads = threads;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        QueuedCall<Q, A> queued = new QueuedCall<>(call, threads);
        queued.add(() -> queued.listener = next.startCall(call, headers));
        return queued;
    }

    /// Events of one call. The first one makes the listener to which the others go.
    private static final class QueuedCall<Q, A> extends ServerCall.Listener<Q> {
        private final ServerCall<Q, A> call;
        private final Executor threads;
        // what the transport's thread would have: the caller, the deadline, whether it is cancelled
        private final Context context = Context.current();
        private final Queue<Runnable> events = new ArrayDeque<>();
        private boolean running;

        // seen by one event at a time, each after the one before
        private ServerCall.@Nullable Listener<Q> listener;

        QueuedCall(ServerCall<Q, A> call, Executor threads) {
            this.call = call;
            this.threads = threads;
        }

        @Override
        public void onMessage(Q message) {
            pass(target -> target.onMessage(message));
        }

        @Override
        public void onHalfClose() {
            pass(ServerCall.Listener::onHalfClose);
        }

        @Override
        public void onCancel() {
            pass(ServerCall.Listener::onCancel);
        }

        @Override
        public void onComplete() {
            pass(ServerCall.Listener::onComplete);
        }

        @Override
        public void onReady() {
            pass(ServerCall.Listener::onReady);
        }

        private void pass(Consumer<ServerCall.Listener<Q>> event) {
            add(
                    () -> {
                        if (listener != null) {
                            event.accept(listener);
                        }
                    });
        }

        void add(Runnable event) {
            synchronized (events) {
                events.add(event);
                if (running) {
                    return;
                }
                running = true;
            }
            threads.execute(context.wrap(this::run));
        }

        private void run() {
            for (Runnable event = next(); event != null; event = next()) {
                try {
                    event.run();
                } catch (RuntimeException | Error defect) {
                    end(defect);
                }
            }
        }

        /// Nobody else would end a call whose handler has thrown.
        private void end(Throwable defect) {
            try {
                call.close(Status.fromThrowable(defect), new Metadata());
            } catch (IllegalStateException _) {
                // has ended before
            }
        }

        private @Nullable Runnable next() {
            synchronized (events) {
                Runnable event = events.poll();
                running = event != null;
                return event;
            }
        }
    }
}
