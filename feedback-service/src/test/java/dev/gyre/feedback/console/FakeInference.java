package dev.gyre.feedback.console;

import com.google.protobuf.util.Timestamps;
import dev.gyre.access.AccessInterceptor;
import dev.gyre.access.FailureException;
import dev.gyre.access.FailureInterceptor;
import dev.gyre.access.Identity;
import dev.gyre.access.TokenVerifier;
import dev.gyre.proto.inference.v1.CompletionFinished;
import dev.gyre.proto.inference.v1.FinishReason;
import dev.gyre.proto.inference.v1.GenerateRequest;
import dev.gyre.proto.inference.v1.InferenceServiceGrpc;
import dev.gyre.proto.inference.v1.ListModelsRequest;
import dev.gyre.proto.inference.v1.ListModelsResponse;
import dev.gyre.proto.inference.v1.Model;
import dev.gyre.proto.inference.v1.StreamGenerateRequest;
import dev.gyre.proto.inference.v1.StreamGenerateResponse;
import dev.gyre.proto.inference.v1.TokenLogprob;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Stands for inference-service at the process's edge: a gRPC server with the real access checks
/// that talks in made-up words.
///
/// What it answers depends on the last turn: `refuse` is refused, `wait` is never answered,
/// anything else gets as many words as `max_tokens` says.
final class FakeInference extends InferenceServiceGrpc.InferenceServiceImplBase
        implements AutoCloseable {
    static final String VERSION = "smollm2@7-1";

    private static final String[] WORDS =
            ("the a wide calm river carries small boats past old stone houses where people mend"
                            + " nets and tell long stories about rain and distant islands")
                    .split(" ");

    /// A call as it was received.
    record Received(Identity caller, GenerateRequest request) {}

    final BlockingQueue<Received> received = new LinkedBlockingQueue<>();

    /// Told of every completion that ended by itself, before its last part is sent.
    volatile Consumer<CompletionFinished> finished = _ -> {};

    private final CountDownLatch cancelled = new CountDownLatch(1);
    private final Server server;
    private final long pauseMillis;

    /// Starts at a free port.
    ///
    /// @param pauseMillis pause before each word
    FakeInference(TokenVerifier tokens, long pauseMillis) throws IOException {
        this.pauseMillis = pauseMillis;
        this.server =
                NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
                        .addService(this)
                        .intercept(new FailureInterceptor(Throwable::printStackTrace))
                        .intercept(new AccessInterceptor(tokens))
                        .build()
                        .start();
    }

    /// `host:port`.
    String address() {
        return "127.0.0.1:" + server.getPort();
    }

    /// Whether a call was cancelled by its caller, after at most that time.
    boolean cancelledWithin(long seconds) throws InterruptedException {
        return cancelled.await(seconds, TimeUnit.SECONDS);
    }

    @Override
    public void listModels(ListModelsRequest request, StreamObserver<ListModelsResponse> response) {
        Identity caller = AccessInterceptor.identity();
        response.onNext(
                ListModelsResponse.newBuilder()
                        .addModels(
                                Model.newBuilder()
                                        .setName(caller.mayUse("default") ? "smollm2" : "elsewhere")
                                        .setVersion("7-1")
                                        .setContextLength(2048)
                                        .setVariant("int8")
                                        .setReleaseEpoch(3))
                        .build());
        response.onCompleted();
    }

    @Override
    public void streamGenerate(
            StreamGenerateRequest wrapped, StreamObserver<StreamGenerateResponse> response) {
        GenerateRequest request = wrapped.getRequest();
        Identity caller = AccessInterceptor.identity();
        received.add(new Received(caller, request));
        var call = (ServerCallStreamObserver<StreamGenerateResponse>) response;
        call.setOnCancelHandler(cancelled::countDown);
        int turns = request.getPrompt().getChat().getMessagesCount();
        String last =
                turns == 0 ? "" : request.getPrompt().getChat().getMessages(turns - 1).getContent();
        if (last.equals("refuse")) {
            throw FailureException.invalid(
                    "temperature", "temperature is 9, it must be 0 to 2; lower it");
        }
        Thread.startVirtualThread(() -> talk(caller, request, last, call));
    }

    private void talk(
            Identity caller,
            GenerateRequest request,
            String last,
            ServerCallStreamObserver<StreamGenerateResponse> call) {
        String id = "c-" + UUID.randomUUID();
        long seed = request.getSampling().getSeed();
        Random random = new Random(seed);
        int words = Math.max(1, request.getSampling().getMaxTokens());
        call.onNext(
                StreamGenerateResponse.newBuilder()
                        .setCompletionId(id)
                        .setModelVersion(VERSION)
                        .setSeed(seed)
                        .addPromptTokenIds(17)
                        .build());
        if (last.equals("wait")) {
            return;
        }
        StringBuilder text = new StringBuilder();
        for (int word = 0; word < words && !call.isCancelled(); word++) {
            pause();
            String next = (word == 0 ? "" : " ") + WORDS[random.nextInt(WORDS.length)];
            text.append(next);
            call.onNext(
                    StreamGenerateResponse.newBuilder()
                            .setCompletionId(id)
                            .setText(next)
                            .addTokens(TokenLogprob.newBuilder().setTokenId(word))
                            .build());
        }
        if (!call.isCancelled()) {
            finished.accept(completion(id, caller, request, text.append("<b>.</b>").toString()));
            call.onNext(
                    StreamGenerateResponse.newBuilder()
                            .setCompletionId(id)
                            .setText("<b>.</b>")
                            .setFinishReason(FinishReason.FINISH_REASON_STOP)
                            .build());
            call.onCompleted();
        }
    }

    private static CompletionFinished completion(
            String id, Identity caller, GenerateRequest request, String text) {
        return CompletionFinished.newBuilder()
                .setCompletionId(id)
                .setProject(caller.project(""))
                .setSubject(caller.subject())
                .setReleaseLine("smollm2")
                .setReleaseEpoch(3)
                .setModelName("smollm2")
                .setModelVersion("7-1")
                .setManifestSha256("00")
                .setTokenizerSha256("00")
                .setVariant("int8")
                .addPromptTokenIds(17)
                .setPrompt(request.getPrompt())
                .addTokens(TokenLogprob.newBuilder().setTokenId(1))
                .setText(text)
                .setSampling(request.getSampling())
                .setFinishReason(FinishReason.FINISH_REASON_STOP)
                .setFinishTime(Timestamps.now())
                .build();
    }

    private void pause() {
        try {
            Thread.sleep(pauseMillis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
