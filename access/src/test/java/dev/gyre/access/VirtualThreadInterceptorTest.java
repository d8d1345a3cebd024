package dev.gyre.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class VirtualThreadInterceptorTest {
    private static final List<String> UNARY =
            List.of("start", "message ask", "half-close", "ready", "complete");

    private final VirtualThreadInterceptor interceptor = new VirtualThreadInterceptor();

    /// With a queue that is looked at without a lock one of the first 5,000 calls goes wrong.
    @Test
    void keepsTheOrderOfEveryCallsEventsAndLosesNone() throws Exception {
        for (int i = 0; i < 100_000; i++) {
            Recorder recorder = new Recorder();
            ServerCall.Listener<String> listener =
                    interceptor.interceptCall(new SilentCall(), new Metadata(), recorder);
            spin(i % 50);
            listener.onMessage("ask");
            spin(i % 70);
            listener.onHalfClose();
            listener.onReady();
            spin(i % 110);
            listener.onComplete();

            assertThat(recorder.ended.await(10, TimeUnit.SECONDS))
                    .as("call %d saw %s", i, recorder.seen)
                    .isTrue();
            assertThat(recorder.seen).as("call %d", i).isEqualTo(UNARY);
        }
    }

    @Test
    void oneBlockedCallHoldsNoOther() throws Exception {
        CountDownLatch blocked = new CountDownLatch(1);
        interceptor.interceptCall(
                new SilentCall(),
                new Metadata(),
                (_, _) -> {
                    uninterrupted(blocked);
                    return new ServerCall.Listener<>() {};
                });
        Recorder other = new Recorder();

        interceptor.interceptCall(new SilentCall(), new Metadata(), other).onComplete();

        assertThat(other.ended.await(10, TimeUnit.SECONDS)).isTrue();
        blocked.countDown();
    }

    @Test
    void runsOnAVirtualThreadInTheCallsContext() throws Exception {
        Context.Key<String> key = Context.key("test");
        BlockingQueue<String> seen = new ArrayBlockingQueue<>(2);
        ServerCallHandler<String, String> handler =
                (_, _) ->
                        new ServerCall.Listener<>() {
                            @Override
                            public void onHalfClose() {
                                seen.add(key.get() + " " + Thread.currentThread().isVirtual());
                            }
                        };

        Context.ROOT
                .withValue(key, "mine")
                .call(() -> interceptor.interceptCall(new SilentCall(), new Metadata(), handler))
                .onHalfClose();

        assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo("mine true");
    }

    @Test
    void endsACallWhoseHandlerThrowsEvenAnError() throws Exception {
        AssertionError defect = new AssertionError("not so");
        SilentCall call = new SilentCall();

        interceptor.interceptCall(
                call,
                new Metadata(),
                (_, _) -> {
                    throw defect;
                });

        Status status = call.closed.poll(10, TimeUnit.SECONDS);
        assertThat(status).isNotNull();
        assertThat(status.getCause()).isSameAs(defect);
    }

    @Test
    void goesOnAfterADefectInACallThatHasEnded() throws Exception {
        SilentCall call = new SilentCall();
        Recorder recorder = new Recorder();
        recorder.defect = new IllegalStateException("too late");
        call.close(Status.OK, new Metadata());

        ServerCall.Listener<String> listener =
                interceptor.interceptCall(call, new Metadata(), recorder);
        listener.onMessage("ask");
        listener.onComplete();

        assertThat(recorder.ended.await(10, TimeUnit.SECONDS)).isTrue();
    }

    private static void spin(int times) {
        for (int i = 0; i < times; i++) {
            Thread.onSpinWait();
        }
    }

    private static void uninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    /// Writes down what a call sees.
    private static final class Recorder extends ServerCall.Listener<String>
            implements ServerCallHandler<String, String> {
        private final List<String> seen = new ArrayList<>();
        private final CountDownLatch ended = new CountDownLatch(1);
        private volatile @Nullable RuntimeException defect;

        @Override
        public ServerCall.Listener<String> startCall(
                ServerCall<String, String> call, Metadata headers) {
            seen.add("start");
            return this;
        }

        @Override
        public void onMessage(String message) {
            seen.add("message " + message);
            if (defect != null) {
                throw defect;
            }
        }

        @Override
        public void onHalfClose() {
            seen.add("half-close");
        }

        @Override
        public void onReady() {
            seen.add("ready");
        }

        @Override
        public void onComplete() {
            seen.add("complete");
            ended.countDown();
        }
    }

    /// A call whose answers nobody reads.
    private static final class SilentCall extends ServerCall<String, String> {
        private final BlockingQueue<Status> closed = new ArrayBlockingQueue<>(1);

        @Override
        public void request(int messages) {}

        @Override
        public void sendHeaders(Metadata headers) {}

        @Override
        public void sendMessage(String message) {}

        @Override
        public void close(Status status, Metadata trailers) {
            if (!closed.offer(status)) {
                throw new IllegalStateException("call already closed");
            }
        }

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public MethodDescriptor<String, String> getMethodDescriptor() {
            return MethodDescriptor.<String, String>newBuilder()
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName("test.Echo/Echo")
                    .setRequestMarshaller(new NoMarshaller())
                    .setResponseMarshaller(new NoMarshaller())
                    .build();
        }
    }

    private static final class NoMarshaller implements MethodDescriptor.Marshaller<String> {
        @Override
        public InputStream stream(String value) {
            throw new UnsupportedOperationException();
        }

        @Override
        public String parse(InputStream stream) {
            throw new UnsupportedOperationException();
        }
    }
}
