package dev.gyre.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InterceptorsTest {
    private static final MethodDescriptor<String, String> ECHO =
            MethodDescriptor.<String, String>newBuilder()
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName("test.Echo/Echo")
                    .setRequestMarshaller(new TextMarshaller())
                    .setResponseMarshaller(new TextMarshaller())
                    .build();

    private final TokenIssuer issuer =
            new TokenIssuer(TokenIssuer.newPrivateKeys(), "gyre-local", Clock.systemUTC());
    private final List<Throwable> logged = new ArrayList<>();
    private ServerCalls.UnaryMethod<String, String> handler = InterceptorsTest::echoSubject;
    private Server server;
    private ManagedChannel channel;

    @BeforeEach
    void startServer() throws IOException {
        var verifier = new TokenVerifier(issuer.publicKeys(), "gyre-local", Clock.systemUTC());
        ServerServiceDefinition service =
                ServerServiceDefinition.builder("test.Echo")
                        .addMethod(
                                ECHO,
                                ServerCalls.asyncUnaryCall(
                                        (request, out) -> handler.invoke(request, out)))
                        .build();
        server =
                InProcessServerBuilder.forName("interceptors")
                        .directExecutor()
                        .addService(
                                ServerInterceptors.intercept(
                                        service,
                                        new AccessInterceptor(verifier),
                                        new FailureInterceptor(logged::add)))
                        .build()
                        .start();
        channel = InProcessChannelBuilder.forName("interceptors").directExecutor().build();
    }

    @AfterEach
    void stopServer() {
        channel.shutdownNow();
        server.shutdownNow();
    }

    @Test
    void givesTheHandlerItsVerifiedCaller() {
        assertThat(call(token())).isEqualTo("anna");
    }

    @Test
    void refusesACallWithoutToken() {
        assertStatus(() -> call((String) null), Status.Code.UNAUTHENTICATED, "no token");
    }

    @Test
    void aServiceBecomesThePersonForWhomItCalls() {
        handler =
                (_, out) -> {
                    out.onNext(AccessInterceptor.identity().toString());
                    out.onCompleted();
                };
        Identity person = new Identity("Jörg/1", Set.of(Role.ADMIN), List.of("a", "b"));

        String seen = call(OnBehalfOf.headers(tokenOf(Role.SERVICE, "*"), person, "b"));

        assertThat(seen)
                .isEqualTo(new Identity("Jörg/1", Set.of(Role.RATER), List.of("b")).toString());
    }

    @Test
    void nobodyElseMayNameAPerson() {
        Identity person = new Identity("anna", Set.of(Role.RATER), List.of("default"));

        for (Role role : List.of(Role.RATER, Role.OPERATOR, Role.ADMIN)) {
            assertStatus(
                    () -> call(OnBehalfOf.headers(tokenOf(role, "*"), person, "default")),
                    Status.Code.PERMISSION_DENIED,
                    "only a token with the role service");
        }
    }

    @Test
    void aServiceStaysInItsProjects() {
        Identity person = new Identity("anna", Set.of(Role.RATER), List.of("*"));

        assertStatus(
                () -> call(OnBehalfOf.headers(tokenOf(Role.SERVICE, "a"), person, "b")),
                Status.Code.PERMISSION_DENIED,
                "does not belong to project b");
    }

    @Test
    void refusesHalfAnOnBehalfOf() {
        for (Metadata.Key<String> half : List.of(OnBehalfOf.SUBJECT, OnBehalfOf.PROJECT)) {
            Metadata headers = new Metadata();
            headers.put(AccessInterceptor.AUTHORIZATION, "Bearer " + tokenOf(Role.SERVICE, "*"));
            headers.put(half, "default");

            assertStatus(() -> call(headers), Status.Code.INVALID_ARGUMENT, "go together");
        }
    }

    @Test
    void anotherDoorCanSetTheCaller() {
        Identity anna = new Identity("anna", Set.of(Role.RATER), List.of("default"));

        List<Identity> seen = new ArrayList<>();
        AccessInterceptor.contextOf(anna).run(() -> seen.add(AccessInterceptor.identity()));

        assertThat(seen).containsExactly(anna);
        assertThatThrownBy(AccessInterceptor::identity).hasMessageContaining("no verified caller");
    }

    @Test
    void translatesWhatAHandlerThrows() {
        handler =
                (_, _) -> {
                    throw FailureException.notFound("job 7 does not exist");
                };

        assertStatus(() -> call(token()), Status.Code.NOT_FOUND, "job 7 does not exist");
    }

    @Test
    void translatesWhatAHandlerGivesToOnError() {
        handler =
                (_, out) ->
                        out.onError(
                                new FailureException(
                                        new Failure.Busy("queue is full", Duration.ofSeconds(2))));

        assertThatThrownBy(() -> call(token()))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        refused -> {
                            assertThat(refused.getStatus().getCode())
                                    .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
                            assertThat(refused.getTrailers().get(FailureInterceptor.RETRY_AFTER))
                                    .isEqualTo("2000");
                        });
    }

    @Test
    void hidesTheDetailsOfADefectButLogsThem() {
        handler =
                (_, _) -> {
                    throw new IllegalStateException("password=secret");
                };

        assertStatus(() -> call(token()), Status.Code.INTERNAL, "internal error");
        assertThat(logged)
                .singleElement()
                .extracting(Throwable::getMessage)
                .isEqualTo("password=secret");
    }

    private static void echoSubject(String request, StreamObserver<String> out) {
        out.onNext(AccessInterceptor.identity().subject());
        out.onCompleted();
    }

    private String token() {
        Identity anna = new Identity("anna", Set.of(Role.RATER), List.of("default"));
        return issuer.mint(anna, TokenVerifier.ACCESS, Duration.ofMinutes(1));
    }

    private String call(@Nullable String token) {
        Metadata headers = new Metadata();
        if (token != null) {
            headers.put(AccessInterceptor.AUTHORIZATION, "Bearer " + token);
        }
        return call(headers);
    }

    private String tokenOf(Role role, String project) {
        Identity identity = new Identity("feedback-service", Set.of(role), List.of(project));
        return issuer.mint(identity, TokenVerifier.ACCESS, Duration.ofMinutes(1));
    }

    private String call(Metadata headers) {
        return ClientCalls.blockingUnaryCall(
                io.grpc.ClientInterceptors.intercept(
                        channel, MetadataUtils.newAttachHeadersInterceptor(headers)),
                ECHO,
                CallOptions.DEFAULT,
                "hello");
    }

    private static void assertStatus(
            org.assertj.core.api.ThrowableAssert.ThrowingCallable call,
            Status.Code code,
            String message) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        refused -> {
                            assertThat(refused.getStatus().getCode()).isEqualTo(code);
                            assertThat(refused.getStatus().getDescription()).contains(message);
                        });
    }

    private static final class TextMarshaller implements MethodDescriptor.Marshaller<String> {
        @Override
        public InputStream stream(String value) {
            return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String parse(InputStream stream) {
            try {
                return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }
}
