package dev.gyre.inference.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gyre.access.AccessInterceptor;
import dev.gyre.access.Role;
import dev.gyre.inference.Around;
import dev.gyre.inference.ServiceEnvironment;
import dev.gyre.proto.inference.v1.Chat;
import dev.gyre.proto.inference.v1.ChatMessage;
import dev.gyre.proto.inference.v1.CompletionFinished;
import dev.gyre.proto.inference.v1.FinishReason;
import dev.gyre.proto.inference.v1.GenerateRequest;
import dev.gyre.proto.inference.v1.GenerateResponse;
import dev.gyre.proto.inference.v1.InferenceServiceGrpc;
import dev.gyre.proto.inference.v1.InferenceServiceGrpc.InferenceServiceBlockingStub;
import dev.gyre.proto.inference.v1.ListModelsRequest;
import dev.gyre.proto.inference.v1.Model;
import dev.gyre.proto.inference.v1.Prompt;
import dev.gyre.proto.inference.v1.SamplingParameters;
import dev.gyre.proto.inference.v1.StreamGenerateRequest;
import dev.gyre.proto.inference.v1.StreamGenerateResponse;
import dev.gyre.proto.inference.v1.TokenIds;
import dev.gyre.proto.inference.v1.TokenLogprob;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(ServiceEnvironment.class)
class InferenceEndpointTest {
    private static Around around;
    private static ManagedChannel channel;
    private static InferenceServiceBlockingStub service;

    @BeforeAll
    static void release() {
        around = new Around();
        around.releaseAndWait("calls", "tiny", 1, "2");
        channel =
                NettyChannelBuilder.forAddress(
                                "127.0.0.1",
                                Integer.parseInt(Around.config("quarkus.grpc.server.test-port")))
                        .usePlaintext()
                        .build();
        service = stub(around.token(Role.RATER, "calls"));
    }

    @AfterAll
    static void stop() {
        channel.shutdownNow();
        around.close();
    }

    @Test
    void listsTheModelsOfTheCallersProject() {
        List<Model> models =
                service.listModels(ListModelsRequest.getDefaultInstance()).getModelsList();

        assertThat(models)
                .containsExactly(
                        Model.newBuilder()
                                .setName("tiny")
                                .setVersion("2")
                                .setContextLength(256)
                                .setVariant("int8")
                                .setReleaseEpoch(1)
                                .build());
    }

    @Test
    void streamsWhatItAnswersWholeAndKeepsTheEvent() {
        GenerateRequest request = request(16, 4).toBuilder().setTopLogprobs(3).build();

        GenerateResponse whole = service.generate(request);
        List<StreamGenerateResponse> parts = new ArrayList<>();
        service.streamGenerate(StreamGenerateRequest.newBuilder().setRequest(request).build())
                .forEachRemaining(parts::add);
        StringBuilder text = new StringBuilder();
        List<TokenLogprob> tokens = new ArrayList<>();
        parts.forEach(
                part -> {
                    text.append(part.getText());
                    tokens.addAll(part.getTokensList());
                });
        CompletionFinished event = around.completion(parts.getFirst().getCompletionId());

        assertThat(text.toString()).isEqualTo(whole.getText());
        assertThat(tokens.stream().map(TokenLogprob::getTokenId).toList())
                .isEqualTo(whole.getTokensList().stream().map(TokenLogprob::getTokenId).toList());
        assertThat(whole.getTokens(0).getTopCount()).isEqualTo(3);
        assertThat(whole.getModelVersion()).isEqualTo("tiny@2");
        assertThat(whole.getSeed()).isEqualTo(4);
        assertThat(parts.getFirst().getPromptTokenIdsList())
                .isEqualTo(whole.getPromptTokenIdsList())
                .isNotEmpty();
        assertThat(parts.getLast().getFinishReason()).isEqualTo(FinishReason.FINISH_REASON_LENGTH);
        assertThat(event.getText()).isEqualTo(whole.getText());
        assertThat(event.getPrompt().getChat().getMessages(0).getContent()).isEqualTo("the sea");
        assertThat(event.getTokensCount()).isEqualTo(16);
    }

    @Test
    void endsTheAnswerOfACancelledCall() throws Exception {
        Context.CancellableContext call = Context.current().withCancellation();
        StreamGenerateResponse first =
                call.call(
                        () -> {
                            Iterator<StreamGenerateResponse> parts =
                                    service.streamGenerate(endless());
                            StreamGenerateResponse part = parts.next();
                            call.cancel(null);
                            return part;
                        });

        assertThat(around.completion(first.getCompletionId()).getFinishReason())
                .isEqualTo(FinishReason.FINISH_REASON_CANCELLED);
    }

    @Test
    void refusesWithTheStatusThatFits() {
        assertStatus(stub("wrong"), request(1, 1), Status.Code.UNAUTHENTICATED, "token");
        assertStatus(
                service,
                request(1, 1).toBuilder().setModel("other").build(),
                Status.Code.NOT_FOUND,
                "there are [tiny]");
        assertStatus(
                service,
                request(1, 1).toBuilder().setModel("tiny@3").build(),
                Status.Code.PERMISSION_DENIED,
                "operator");
        assertStatus(
                stub(around.token(Role.RATER, "nothing-here")),
                request(1, 1),
                Status.Code.UNAVAILABLE,
                "no model has been released");
        assertStatus(
                service,
                request(1, 1).toBuilder().clearPrompt().build(),
                Status.Code.INVALID_ARGUMENT,
                "prompt is missing");
        assertStatus(
                service,
                request(1, 1).toBuilder().setTopLogprobs(21).build(),
                Status.Code.INVALID_ARGUMENT,
                "from 0 to 20");
        assertStatus(
                service,
                request(1, 1).toBuilder()
                        .setPrompt(
                                Prompt.newBuilder().setTokenIds(TokenIds.newBuilder().addIds(-1)))
                        .build(),
                Status.Code.INVALID_ARGUMENT,
                "token id -1");
        assertStatus(
                service,
                request(1, 1).toBuilder()
                        .setSampling(SamplingParameters.newBuilder().setReproducible(true))
                        .build(),
                Status.Code.INVALID_ARGUMENT,
                "gyre.generate.reproducible");
    }

    /// The test's limit is one exact version.
    @Test
    void anExactVersionThatALineServesKeepsNoOtherOut() {
        InferenceServiceBlockingStub operator = stub(around.token(Role.OPERATOR, "calls"));

        for (String version : List.of("2", "3", "1")) {
            assertThat(
                            operator.generate(
                                            request(1, 1).toBuilder()
                                                    .setModel("tiny@" + version)
                                                    .build())
                                    .getModelVersion())
                    .isEqualTo("tiny@" + version);
        }
    }

    @Test
    void endsTheAnswerWhenTheDeadlinePasses() {
        long before = cancelled();

        assertThatThrownBy(
                        () -> {
                            for (int i = 0; i < 50; i++) {
                                service.withDeadlineAfter(60, TimeUnit.MILLISECONDS)
                                        .streamGenerate(endless())
                                        .forEachRemaining(part -> {});
                            }
                        })
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e ->
                                assertThat(e.getStatus().getCode())
                                        .isEqualTo(Status.Code.DEADLINE_EXCEEDED));
        Around.await(() -> cancelled() > before);
    }

    private static long cancelled() {
        return around.completions().values().stream()
                .filter(event -> event.getFinishReason() == FinishReason.FINISH_REASON_CANCELLED)
                .count();
    }

    private static void assertStatus(
            InferenceServiceBlockingStub stub,
            GenerateRequest request,
            Status.Code code,
            String message) {
        assertThatThrownBy(() -> stub.generate(request))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> {
                            assertThat(e.getStatus().getCode()).isEqualTo(code);
                            assertThat(e.getStatus().getDescription()).contains(message);
                        });
    }

    private static StreamGenerateRequest endless() {
        return StreamGenerateRequest.newBuilder().setRequest(request(240, 1)).build();
    }

    private static GenerateRequest request(int maxTokens, long seed) {
        return GenerateRequest.newBuilder()
                .setModel("tiny")
                .setPrompt(
                        Prompt.newBuilder()
                                .setChat(
                                        Chat.newBuilder()
                                                .addMessages(
                                                        ChatMessage.newBuilder()
                                                                .setRole("user")
                                                                .setContent("the sea"))))
                .setSampling(
                        SamplingParameters.newBuilder()
                                .setMaxTokens(maxTokens)
                                .setSeed(seed)
                                .setTemperature(0)
                                .setIgnoreEos(true))
                .build();
    }

    private static InferenceServiceBlockingStub stub(String token) {
        Metadata headers = new Metadata();
        headers.put(AccessInterceptor.AUTHORIZATION, "Bearer " + token);
        return InferenceServiceGrpc.newBlockingStub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    }
}
