package dev.gyre.cli.client;

import dev.gyre.access.Identity;
import dev.gyre.cli.machine.CliException;
import dev.gyre.cli.machine.GyreHome;
import dev.gyre.cli.machine.Keys;
import dev.gyre.cli.machine.MachineStatus;
import dev.gyre.cli.machine.Service;
import dev.gyre.proto.corpus.v1.CorpusServiceGrpc;
import dev.gyre.proto.feedback.v1.FeedbackServiceGrpc;
import dev.gyre.proto.inference.v1.InferenceServiceGrpc;
import dev.gyre.proto.releases.v1.ReleaseServiceGrpc;
import dev.gyre.proto.tokenizer.v1.TokenizerServiceGrpc;
import dev.gyre.proto.training.v1.TrainingServiceGrpc;
import io.grpc.CallCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/// The running services of a home, called as the person at this machine.
public final class Services implements AutoCloseable {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final Duration TOKEN_LIFETIME = Duration.ofHours(12);

    /// Token ids of the longest text, with their offsets.
    private static final int MOST_MESSAGE_BYTES = 256 << 20;

    private final int portOffset;
    private final Token token;
    private final Map<Service, ManagedChannel> channels = new EnumMap<>(Service.class);

    private Services(int portOffset, Token token) {
        this.portOffset = portOffset;
        this.token = token;
    }

    /// The services of a home.
    ///
    /// @throws CliException if Gyre does not run there
    public static Services of(GyreHome home) {
        return of(home, Keys.localPerson());
    }

    /// The services of a home, called as somebody else.
    ///
    /// @throws CliException if Gyre does not run there
    public static Services of(GyreHome home, Identity identity) {
        return new Services(
                MachineStatus.running(home).portOffset(),
                new Token(Keys.of(home).accessToken(identity, TOKEN_LIFETIME)));
    }

    /// Jobs.
    public TrainingServiceGrpc.TrainingServiceBlockingV2Stub training() {
        return TrainingServiceGrpc.newBlockingV2Stub(channel(Service.TRAINER))
                .withCallCredentials(token);
    }

    /// Generation.
    public InferenceServiceGrpc.InferenceServiceBlockingV2Stub inference() {
        return InferenceServiceGrpc.newBlockingV2Stub(channel(Service.INFERENCE))
                .withCallCredentials(token);
    }

    /// Releases.
    public ReleaseServiceGrpc.ReleaseServiceBlockingV2Stub releases() {
        return ReleaseServiceGrpc.newBlockingV2Stub(channel(Service.FEEDBACK))
                .withCallCredentials(token);
    }

    /// Ratings, data sets and rounds.
    public FeedbackServiceGrpc.FeedbackServiceBlockingV2Stub feedback() {
        return FeedbackServiceGrpc.newBlockingV2Stub(channel(Service.FEEDBACK))
                .withCallCredentials(token);
    }

    /// Tokenizers.
    public TokenizerServiceGrpc.TokenizerServiceBlockingV2Stub tokenizer() {
        return TokenizerServiceGrpc.newBlockingV2Stub(channel(Service.TOKENIZER))
                .withCallCredentials(token);
    }

    /// Corpora.
    public CorpusServiceGrpc.CorpusServiceBlockingV2Stub corpora() {
        return CorpusServiceGrpc.newBlockingV2Stub(channel(Service.TOKENIZER))
                .withCallCredentials(token);
    }

    private synchronized ManagedChannel channel(Service service) {
        return channels.computeIfAbsent(
                service,
                wanted ->
                        NettyChannelBuilder.forAddress("127.0.0.1", wanted.grpcPort(portOffset))
                                .usePlaintext()
                                .maxInboundMessageSize(MOST_MESSAGE_BYTES)
                                .build());
    }

    @Override
    public void close() {
        channels.values().forEach(ManagedChannel::shutdown);
        for (ManagedChannel channel : channels.values()) {
            try {
                if (!channel.awaitTermination(1, TimeUnit.SECONDS)) {
                    channel.shutdownNow();
                }
            } catch (InterruptedException e) {
                channel.shutdownNow();
                Thread.currentThread().interrupt();
            }
        }
    }

    /// Puts the token on every call.
    private static final class Token extends CallCredentials {
        private final String token;

        private Token(String token) {
            this.token = token;
        }

        @Override
        public void applyRequestMetadata(
                RequestInfo call, Executor executor, MetadataApplier metadata) {
            Metadata headers = new Metadata();
            headers.put(AUTHORIZATION, "Bearer " + token);
            metadata.apply(headers);
        }
    }
}
