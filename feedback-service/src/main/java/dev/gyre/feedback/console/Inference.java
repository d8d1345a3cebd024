package dev.gyre.feedback.console;

import dev.gyre.access.Failure;
import dev.gyre.access.FailureException;
import dev.gyre.access.FailureInterceptor;
import dev.gyre.access.Identity;
import dev.gyre.access.OnBehalfOf;
import dev.gyre.proto.inference.v1.GenerateRequest;
import dev.gyre.proto.inference.v1.InferenceServiceGrpc;
import dev.gyre.proto.inference.v1.InferenceServiceGrpc.InferenceServiceBlockingStub;
import dev.gyre.proto.inference.v1.ListModelsRequest;
import dev.gyre.proto.inference.v1.Model;
import dev.gyre.proto.inference.v1.StreamGenerateRequest;
import dev.gyre.proto.inference.v1.StreamGenerateResponse;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Calls inference-service in the name of a person.
@Singleton
public final class Inference {
    private final InferenceConfig config;
    private final TokensConfig tokens;
    private final ManagedChannel channel;

    Inference(InferenceConfig config, TokensConfig tokens) {
        this.config = config;
        this.tokens = tokens;
        this.channel =
                Grpc.newChannelBuilder(config.grpcAddress(), InsecureChannelCredentials.create())
                        .build();
    }

    @PreDestroy
    void close() {
        channel.shutdownNow();
    }

    /// Models that a project can use, ordered by name.
    ///
    /// @throws FailureException when inference-service refuses or does not answer
    List<Model> models(Identity person, String project) {
        try {
            return stub(person, project, config.callTimeout())
                    .listModels(ListModelsRequest.getDefaultInstance())
                    .getModelsList();
        } catch (StatusRuntimeException refused) {
            throw new FailureException(failure(refused));
        }
    }

    /// Generates an answer, part by part, until it has ended or the current gRPC [Context] is
    /// cancelled.
    ///
    /// @throws FailureException when inference-service refuses or does not answer
    void stream(
            Identity person,
            String project,
            GenerateRequest request,
            Consumer<StreamGenerateResponse> parts) {
        try {
            stub(person, project, config.answerTimeout())
                    .streamGenerate(StreamGenerateRequest.newBuilder().setRequest(request).build())
                    .forEachRemaining(parts);
        } catch (StatusRuntimeException refused) {
            throw new FailureException(failure(refused));
        }
    }

    private InferenceServiceBlockingStub stub(Identity person, String project, Duration limit) {
        String token =
                tokens.service()
                        .orElseThrow(
                                () ->
                                        FailureException.unavailable(
                                                "this service has no token to call others with;"
                                                        + " set gyre.tokens.service to one with"
                                                        + " the role service"));
        Metadata headers = OnBehalfOf.headers(token, person, project);
        return InferenceServiceGrpc.newBlockingStub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                .withDeadlineAfter(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    private Failure failure(StatusRuntimeException refused) {
        Status status = refused.getStatus();
        String message =
                status.getDescription() == null
                        ? status.getCode().toString()
                        : status.getDescription();
        return switch (status.getCode()) {
            case INVALID_ARGUMENT, OUT_OF_RANGE, FAILED_PRECONDITION, UNIMPLEMENTED ->
                    new Failure.Invalid("request", message);
            case NOT_FOUND -> new Failure.NotFound(message);
            case ALREADY_EXISTS, ABORTED -> new Failure.Conflict(message);
            case PERMISSION_DENIED -> new Failure.Denied(message);
            case RESOURCE_EXHAUSTED -> new Failure.Busy(message, retryAfter(refused));
            // the person is signed in: it is this service's own token that was not accepted
            case UNAUTHENTICATED ->
                    new Failure.Unavailable(
                            "inference-service does not accept this service's token: " + message);
            case DEADLINE_EXCEEDED ->
                    new Failure.Unavailable("inference-service took too long: " + message);
            case UNAVAILABLE ->
                    new Failure.Unavailable(
                            "inference-service at "
                                    + config.grpcAddress()
                                    + " cannot do it now: "
                                    + message);
            case OK, CANCELLED, UNKNOWN, INTERNAL, DATA_LOSS ->
                    new Failure.Unavailable("inference-service failed: " + message);
        };
    }

    private static Duration retryAfter(StatusRuntimeException refused) {
        @Nullable Metadata trailers = refused.getTrailers();
        @Nullable String millis =
                trailers == null ? null : trailers.get(FailureInterceptor.RETRY_AFTER);
        try {
            return millis == null
                    ? Duration.ofSeconds(1)
                    : Duration.ofMillis(Long.parseLong(millis));
        } catch (NumberFormatException malformed) {
            return Duration.ofSeconds(1);
        }
    }
}
