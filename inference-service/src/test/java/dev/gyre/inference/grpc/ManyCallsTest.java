package dev.gyre.inference.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gyre.access.AccessInterceptor;
import dev.gyre.access.Role;
import dev.gyre.inference.Around;
import dev.gyre.inference.ServiceEnvironment;
import dev.gyre.proto.inference.v1.InferenceServiceGrpc;
import dev.gyre.proto.inference.v1.ListModelsRequest;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// Unary calls, many at once, through the real server: an event of a call that overtakes another,
/// or is never looked at, shows as INTERNAL or DEADLINE_EXCEEDED.
@QuarkusTest
@QuarkusTestResource(ServiceEnvironment.class)
class ManyCallsTest {
    /// The race in Quarkus' own dispatch (3.34.2) took about 20,000: raise it to look for another.
    private static final int CALLS = Integer.getInteger("gyre.test.calls", 3_000);

    private static final int AT_ONCE = 64;

    @Test
    void answersEveryOneOfManyCalls() throws Exception {
        Map<Status.Code, Integer> outcomes = new ConcurrentHashMap<>();
        Semaphore free = new Semaphore(AT_ONCE);

        try (Around around = new Around()) {
            Metadata headers = new Metadata();
            headers.put(
                    AccessInterceptor.AUTHORIZATION, "Bearer " + around.token(Role.RATER, "many"));
            ManagedChannel channel =
                    NettyChannelBuilder.forAddress(
                                    "127.0.0.1",
                                    Integer.parseInt(
                                            Around.config("quarkus.grpc.server.test-port")))
                            .usePlaintext()
                            .build();
            for (int i = 0; i < CALLS; i++) {
                free.acquire();
                call(
                        channel,
                        headers,
                        status -> {
                            outcomes.merge(status.getCode(), 1, Integer::sum);
                            free.release();
                        });
            }
            free.acquire(AT_ONCE);
            channel.shutdownNow();
        }

        assertThat(outcomes).isEqualTo(Map.of(Status.Code.OK, CALLS));
    }

    private static void call(ManagedChannel channel, Metadata headers, Consumer<Status> ended) {
        ClientCall<ListModelsRequest, ?> call =
                channel.newCall(
                        InferenceServiceGrpc.getListModelsMethod(),
                        CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS));
        start(call, headers, ended);
        call.request(2);
        call.sendMessage(ListModelsRequest.getDefaultInstance());
        call.halfClose();
    }

    private static <A> void start(
            ClientCall<ListModelsRequest, A> call, Metadata headers, Consumer<Status> ended) {
        Metadata own = new Metadata();
        own.merge(headers);
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        ended.accept(status);
                    }
                },
                own);
    }
}
