package dev.gyre.tokenization;

import dev.gyre.access.Role;
import dev.gyre.proto.tokenizer.v1.TokenizerServiceGrpc;
import dev.gyre.proto.tokenizer.v1.TokenizerServiceGrpc.TokenizerServiceStub;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// Speaks to the service over its real port.
abstract class ServiceTest {
    @ConfigProperty(name = "gyre.test.private-keys")
    String keys;

    @ConfigProperty(name = "quarkus.grpc.server.test-port")
    int grpcPort;

    private ManagedChannel channel;

    @BeforeEach
    void connect() {
        channel = NettyChannelBuilder.forAddress("127.0.0.1", grpcPort).usePlaintext().build();
    }

    @AfterEach
    void disconnect() {
        channel.shutdownNow();
    }

    TokenizerServiceGrpc.TokenizerServiceBlockingStub stub() {
        return TokenizerServiceGrpc.newBlockingStub(as(Role.OPERATOR));
    }

    /// The channel for a caller with a role.
    Channel as(Role role) {
        return ClientInterceptors.intercept(
                channel, TestService.headers(TestService.authorization(keys, role)));
    }

    /// Sends messages to the tokenizers and collects what comes back.
    <Q, A> List<A> stream(
            Role role,
            BiFunction<TokenizerServiceStub, StreamObserver<A>, StreamObserver<Q>> call,
            List<Q> messages)
            throws Exception {
        TokenizerServiceStub stub = TokenizerServiceGrpc.newStub(as(role));
        return stream(answers -> call.apply(stub, answers), messages);
    }

    /// Sends messages and collects what comes back.
    static <Q, A> List<A> stream(
            Function<StreamObserver<A>, StreamObserver<Q>> call, List<Q> messages)
            throws Exception {
        List<A> answers = new ArrayList<>();
        CompletableFuture<List<A>> result = new CompletableFuture<>();
        StreamObserver<Q> requests =
                call.apply(
                        new StreamObserver<>() {
                            @Override
                            public void onNext(A answer) {
                                answers.add(answer);
                            }

                            @Override
                            public void onError(Throwable refused) {
                                result.completeExceptionally(refused);
                            }

                            @Override
                            public void onCompleted() {
                                result.complete(answers);
                            }
                        });
        messages.forEach(requests::onNext);
        requests.onCompleted();
        return result.get(120, TimeUnit.SECONDS);
    }
}
