package dev.gyre.feedback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.gyre.access.AccessInterceptor;
import dev.gyre.access.Identity;
import dev.gyre.access.Role;
import dev.gyre.access.TokenIssuer;
import dev.gyre.access.TokenVerifier;
import dev.gyre.events.KafkaSettings;
import dev.gyre.feedback.console.ConsoleSurroundings;
import dev.gyre.proto.feedback.v1.FeedbackServiceGrpc;
import dev.gyre.proto.feedback.v1.GetPolicyRequest;
import dev.gyre.proto.feedback.v1.ListRatingsRequest;
import dev.gyre.proto.feedback.v1.ListRatingsResponse;
import dev.gyre.proto.feedback.v1.PairRating;
import dev.gyre.proto.feedback.v1.RecordRatingRequest;
import dev.gyre.proto.feedback.v1.RetrainingPolicy;
import dev.gyre.proto.feedback.v1.SetPolicyRequest;
import dev.gyre.proto.feedback.v1.StartRoundRequest;
import dev.gyre.proto.feedback.v1.ThumbRating;
import dev.gyre.proto.releases.v1.GetReleaseLineRequest;
import dev.gyre.proto.releases.v1.ListReleaseLinesRequest;
import dev.gyre.proto.releases.v1.PromoteRequest;
import dev.gyre.proto.releases.v1.ReleaseServiceGrpc;
import dev.gyre.proto.training.v1.DpoJob;
import dev.gyre.proto.training.v1.ModelRef;
import grpc.health.v1.HealthGrpc;
import grpc.health.v1.HealthOuterClass.HealthCheckRequest;
import grpc.health.v1.HealthOuterClass.HealthCheckResponse;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The whole service, from outside, over gRPC.
@QuarkusTest
@QuarkusTestResource(ConsoleSurroundings.class)
class DoorsTest {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final String RATER = "rater";
    private static final String OPERATOR = "operator";
    private static final String STRANGER = "stranger";

    @SuppressWarnings("NullAway.Init")
    TokenIssuer issuer;

    private ManagedChannel channel;
    private World world;

    @BeforeEach
    void connect() throws Exception {
        channel =
                ManagedChannelBuilder.forAddress(
                                "127.0.0.1",
                                Integer.parseInt(setting("quarkus.grpc.server.test-port")))
                        .usePlaintext()
                        .build();
        KafkaSettings kafka =
                new KafkaSettings(
                        setting("gyre.kafka.bootstrap-servers"),
                        setting("gyre.kafka.username"),
                        setting("gyre.kafka.password"),
                        setting("gyre.kafka.topic-prefix"));
        world = new World(kafka, Path.of(setting("gyre.artifacts.location")), 1);
        world.firstImport();
        World.await(
                "first import served",
                () ->
                        releases(OPERATOR)
                                        .listReleaseLines(
                                                ListReleaseLinesRequest.getDefaultInstance())
                                        .getLinesCount()
                                > 0);
    }

    @AfterEach
    void disconnect() {
        channel.shutdownNow();
        world.close();
    }

    @Test
    void recordsAndListsRatingsPageByPage() {
        for (int i = 0; i < 5; i++) {
            feedback(RATER)
                    .recordRating(
                            RecordRatingRequest.newBuilder()
                                    .setRatingId("page-" + i)
                                    .setProject("pages")
                                    .setThumb(
                                            ThumbRating.newBuilder()
                                                    .setCompletionId("c" + i)
                                                    .setUp(true))
                                    .build());
        }

        ListRatingsResponse first = list("");
        ListRatingsResponse second = list(first.getNextPageToken());

        assertThat(first.getRatingsList())
                .extracting(rating -> rating.getId())
                .containsExactly("page-4", "page-3", "page-2");
        assertThat(first.getRatings(0).getParked()).isTrue();
        assertThat(second.getRatingsList())
                .extracting(rating -> rating.getId())
                .containsExactly("page-1", "page-0");
        assertThat(second.getNextPageToken()).isEmpty();
    }

    private ListRatingsResponse list(String token) {
        return feedback(RATER)
                .listRatings(
                        ListRatingsRequest.newBuilder()
                                .setProject("pages")
                                .setPageSize(3)
                                .setPageToken(token)
                                .build());
    }

    @Test
    void refusesWrongRequestsWithWords() {
        refused(
                Status.Code.INVALID_ARGUMENT,
                "must have 1 to 128",
                () -> record("", "default", ThumbRating.newBuilder().setCompletionId("c").build()));
        refused(
                Status.Code.INVALID_ARGUMENT,
                "thumb.completion_id",
                () -> record("r", "default", ThumbRating.getDefaultInstance()));
        refused(
                Status.Code.INVALID_ARGUMENT,
                "set pair or thumb",
                () ->
                        feedback(RATER)
                                .recordRating(
                                        RecordRatingRequest.newBuilder().setRatingId("r").build()));
        refused(
                Status.Code.INVALID_ARGUMENT,
                "pair.verdict is 0",
                () ->
                        feedback(RATER)
                                .recordRating(
                                        RecordRatingRequest.newBuilder()
                                                .setRatingId("r")
                                                .setPair(
                                                        PairRating.newBuilder()
                                                                .setFirstCompletionId("a")
                                                                .setSecondCompletionId("b"))
                                                .build()));
        refused(
                Status.Code.INVALID_ARGUMENT,
                "page_size is 1001",
                () ->
                        feedback(RATER)
                                .listRatings(
                                        ListRatingsRequest.newBuilder().setPageSize(1001).build()));
        refused(
                Status.Code.NOT_FOUND,
                "no release line nowhere",
                () ->
                        releases(OPERATOR)
                                .getReleaseLine(
                                        GetReleaseLineRequest.newBuilder()
                                                .setName("nowhere")
                                                .build()));
        refused(
                Status.Code.NOT_FOUND,
                "no model package starter-1@ghost",
                () ->
                        releases(OPERATOR)
                                .promote(
                                        PromoteRequest.newBuilder()
                                                .setProject(world.project)
                                                .setReleaseLine(world.line)
                                                .setReason("why not")
                                                .setModel(
                                                        ModelRef.newBuilder()
                                                                .setName(world.line)
                                                                .setVersion("ghost"))
                                                .build()));
        record("taken", "default", ThumbRating.newBuilder().setCompletionId("c").build());
        refused(
                Status.Code.ALREADY_EXISTS,
                "another content",
                () ->
                        record(
                                "taken",
                                "default",
                                ThumbRating.newBuilder().setCompletionId("c").setUp(true).build()));
    }

    @Test
    void letsNobodyInWithoutTokenRoleOrProject() {
        refused(
                Status.Code.UNAUTHENTICATED,
                "no token",
                () ->
                        FeedbackServiceGrpc.newBlockingStub(channel)
                                .listRatings(ListRatingsRequest.getDefaultInstance()));
        refused(
                Status.Code.PERMISSION_DENIED,
                "needs one of [operator]",
                () ->
                        feedback(RATER)
                                .startRound(
                                        StartRoundRequest.newBuilder()
                                                .setReleaseLine("x")
                                                .build()));
        refused(
                Status.Code.PERMISSION_DENIED,
                "does not belong to project " + world.project,
                () ->
                        releases(STRANGER)
                                .getReleaseLine(
                                        GetReleaseLineRequest.newBuilder()
                                                .setProject(world.project)
                                                .setName(world.line)
                                                .build()));
        assertThat(
                        releases(STRANGER)
                                .listReleaseLines(ListReleaseLinesRequest.getDefaultInstance())
                                .getLinesList())
                .isEmpty();
    }

    @Test
    void keepsAPolicyWithItsJobSettingsAndFillsInDefaults() {
        RetrainingPolicy defaults =
                feedback(OPERATOR)
                        .getPolicy(GetPolicyRequest.newBuilder().setReleaseLine("fresh").build())
                        .getPolicy();
        assertThat(defaults.getEnabled()).isTrue();
        assertThat(defaults.getMinNewPairs()).isEqualTo(32);
        assertThat(defaults.getGate().getMaxTextLossIncrease()).isEqualTo(0.10);

        RetrainingPolicy asked =
                defaults.toBuilder()
                        .setEnabled(false)
                        .setMinNewPairs(7)
                        .setDpo(DpoJob.newBuilder().setBeta(0.2).setEpochs(3))
                        .build();
        feedback(OPERATOR).setPolicy(SetPolicyRequest.newBuilder().setPolicy(asked).build());

        assertThat(
                        feedback(RATER)
                                .getPolicy(
                                        GetPolicyRequest.newBuilder()
                                                .setReleaseLine("fresh")
                                                .build())
                                .getPolicy())
                .isEqualTo(asked);
        refused(
                Status.Code.INVALID_ARGUMENT,
                "min_new_pairs is 1",
                () ->
                        feedback(OPERATOR)
                                .setPolicy(
                                        SetPolicyRequest.newBuilder()
                                                .setPolicy(asked.toBuilder().setMinNewPairs(1))
                                                .build()));
        refused(
                Status.Code.INVALID_ARGUMENT,
                "set by the round",
                () ->
                        feedback(OPERATOR)
                                .setPolicy(
                                        SetPolicyRequest.newBuilder()
                                                .setPolicy(
                                                        asked.toBuilder()
                                                                .setDpo(
                                                                        DpoJob.newBuilder()
                                                                                .setBase(
                                                                                        ModelRef
                                                                                                .getDefaultInstance())))
                                                .build()));
    }

    @Test
    void answersHealthAndMetricsOnTheManagementPort() throws Exception {
        String management = "http://127.0.0.1:" + setting("quarkus.management.test-port");

        HttpResponse<String> health = get(management + "/q/health/ready");
        HttpResponse<String> metrics = get(management + "/q/metrics");

        assertThat(health.statusCode()).isEqualTo(200);
        assertThat(health.body()).contains("consumers and outbox");
        assertThat(metrics.body())
                .contains("gyre_ratings{state=\"parked\"")
                .contains("gyre_rounds{state=\"waiting\"")
                .contains("gyre_outbox_events");
        assertThat(
                        HealthGrpc.newBlockingStub(channel)
                                .check(HealthCheckRequest.getDefaultInstance())
                                .getStatus())
                .isEqualTo(HealthCheckResponse.ServingStatus.SERVING);
    }

    private void record(String id, String project, ThumbRating thumb) {
        feedback(RATER)
                .recordRating(
                        RecordRatingRequest.newBuilder()
                                .setRatingId(id)
                                .setProject(project)
                                .setThumb(thumb)
                                .build());
    }

    private static void refused(Status.Code code, String words, Runnable call) {
        assertThatExceptionOfType(StatusRuntimeException.class)
                .isThrownBy(call::run)
                .satisfies(
                        refusal -> {
                            assertThat(refusal.getStatus().getCode()).isEqualTo(code);
                            assertThat(refusal.getStatus().getDescription()).contains(words);
                        });
    }

    private FeedbackServiceGrpc.FeedbackServiceBlockingStub feedback(String who) {
        return FeedbackServiceGrpc.newBlockingStub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers(who)));
    }

    private ReleaseServiceGrpc.ReleaseServiceBlockingStub releases(String who) {
        return ReleaseServiceGrpc.newBlockingStub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers(who)));
    }

    private Metadata headers(String who) {
        Metadata headers = new Metadata();
        headers.put(AccessInterceptor.AUTHORIZATION, "Bearer " + token(who));
        return headers;
    }

    private String token(String who) {
        Identity identity =
                switch (who) {
                    case RATER ->
                            new Identity(who, Set.of(Role.RATER), List.of(Identity.ALL_PROJECTS));
                    case STRANGER -> new Identity(who, Set.of(Role.ADMIN), List.of("elsewhere"));
                    default ->
                            new Identity(
                                    who, Set.of(Role.OPERATOR), List.of(Identity.ALL_PROJECTS));
                };
        return issuer.mint(identity, TokenVerifier.ACCESS, Duration.ofMinutes(10));
    }

    private static HttpResponse<String> get(String address) throws Exception {
        return HTTP.send(
                HttpRequest.newBuilder(URI.create(address)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static String setting(String name) {
        return ConfigProvider.getConfig().getValue(name, String.class);
    }
}
