package dev.gyre.feedback.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gyre.access.Identity;
import dev.gyre.access.Role;
import dev.gyre.access.TokenIssuer;
import dev.gyre.access.TokenVerifier;
import dev.gyre.events.Event;
import dev.gyre.events.EventPublisher;
import dev.gyre.events.KafkaSettings;
import dev.gyre.events.Topic;
import dev.gyre.proto.training.v1.DpoJob;
import dev.gyre.proto.training.v1.Job;
import dev.gyre.proto.training.v1.JobEvent;
import dev.gyre.proto.training.v1.JobProgress;
import dev.gyre.proto.training.v1.JobProgressed;
import dev.gyre.proto.training.v1.JobSpec;
import dev.gyre.proto.training.v1.JobState;
import dev.gyre.proto.training.v1.JobStateEvent;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// The rpcs over HTTP, and the copy of jobs that some of them read.
@QuarkusTest
@QuarkusTestResource(ConsoleSurroundings.class)
class ApiTest {
    private static final String FEEDBACK = "gyre.feedback.v1.FeedbackService/";
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String TRAINING = "gyre.training.v1.TrainingService/";

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @SuppressWarnings("NullAway.Init")
    TokenIssuer issuer;

    @SuppressWarnings("NullAway.Init")
    @TestHTTPResource
    URI service;

    @Inject KafkaSettings kafka;

    @Test
    void recordsARatingAndListsIt() throws Exception {
        String rating =
                """
                {"ratingId": "r-api-1", "thumb": {"completionId": "c-api-1", "up": true}}
                """;

        HttpResponse<String> recorded = call(FEEDBACK + "RecordRating", rating, Role.RATER);
        HttpResponse<String> listed = call(FEEDBACK + "ListRatings", "", Role.RATER);

        assertThat(recorded.statusCode()).isEqualTo(200);
        assertThat(recorded.body())
                .contains("\"id\":\"r-api-1\"", "\"parked\":true", "\"invalidReason\":\"\"");
        assertThat(listed.body()).contains("r-api-1", "\"nextPageToken\":\"\"");
    }

    @Test
    void refusesWithTheStatusAndMessageOfTheRpc() throws Exception {
        assertThat(call(FEEDBACK + "RecordRating", "{}", Role.RATER).statusCode()).isEqualTo(400);
        assertThat(call(FEEDBACK + "RecordRating", "{\"rating\": 1}", Role.RATER).body())
                .contains("no gyre.feedback.v1.RecordRatingRequest", "\"field\":\"request\"");
        assertThat(
                        call(FEEDBACK + "StartRound", "{\"releaseLine\": \"x\"}", Role.RATER)
                                .statusCode())
                .isEqualTo(403);
        assertThat(call(FEEDBACK + "StartRound", "{\"releaseLine\": \"x\"}", Role.OPERATOR).body())
                .contains("\"message\"")
                .contains("x");
        assertThat(call(FEEDBACK + "ListRatings", "{\"project\": \"b\"}", Role.RATER).statusCode())
                .isEqualTo(403);
        assertThat(call(FEEDBACK + "Nothing", "", Role.RATER).statusCode()).isEqualTo(404);
    }

    @Test
    void showsJobsAsTheTrainerTellsOfThem() throws Exception {
        String id = "job-" + UUID.randomUUID();
        Job job =
                Job.newBuilder()
                        .setId(id)
                        .setRequestId("request-" + id)
                        .setProject("default")
                        .setSpec(JobSpec.newBuilder().setDpo(DpoJob.newBuilder().setBeta(0.1)))
                        .setState(JobState.JOB_STATE_RUNNING)
                        .setAttempt(2)
                        .build();

        try (EventPublisher trainer = new EventPublisher(kafka, "trainer-service")) {
            trainer.publish(
                    Topic.JOBS,
                    event(id, JobStateEvent.newBuilder().setJobChanged(job).build()),
                    LIMIT);
            await(id, "JOB_STATE_RUNNING");
            trainer.publish(Topic.JOB_EVENTS, event(id, progress(id, 1, 9)), LIMIT);
            trainer.publish(Topic.JOB_EVENTS, event(id, progress(id, 2, 17)), LIMIT);
        }

        assertThat(await(id, "\"step\":\"17\"")).contains("\"beta\":0.1", "\"attempt\":2");
        assertThat(call(TRAINING + "ListJobs", "", Role.RATER).body()).contains(id);
        assertThat(call(TRAINING + "ListJobs", "", Role.RATER, "elsewhere").body())
                .doesNotContain(id);
        assertThat(
                        call(TRAINING + "GetJob", "{\"jobId\":\"" + id + "\"}", Role.RATER, "b")
                                .statusCode())
                .isEqualTo(404);
        assertThat(
                        call(TRAINING + "CancelJob", "{\"jobId\":\"" + id + "\"}", Role.RATER)
                                .statusCode())
                .isEqualTo(403);
        assertThat(
                        call(TRAINING + "CancelJob", "{\"jobId\":\"" + id + "\"}", Role.OPERATOR)
                                .statusCode())
                .isEqualTo(200);
    }

    private static JobEvent progress(String job, int attempt, long step) {
        return JobEvent.newBuilder()
                .setProgressed(
                        JobProgressed.newBuilder()
                                .setJobId(job)
                                .setAttempt(attempt)
                                .setProgress(
                                        JobProgress.newBuilder().setStep(step).setTotalSteps(20)))
                .build();
    }

    private static Event event(String key, com.google.protobuf.Message message) {
        return Event.of(UUID.randomUUID().toString(), key, message, Instant.now());
    }

    private String await(String job, String part) throws Exception {
        Instant limit = Instant.now().plusSeconds(30);
        String seen = "";
        while (Instant.now().isBefore(limit)) {
            seen = call(TRAINING + "GetJob", "{\"jobId\":\"" + job + "\"}", Role.RATER).body();
            if (seen.contains(part)) {
                return seen;
            }
            Thread.sleep(100);
        }
        throw new AssertionError(part + " did not come within 30 s; last seen: " + seen);
    }

    private HttpResponse<String> call(String rpc, String json, Role role) throws Exception {
        return call(rpc, json, role, "default");
    }

    private HttpResponse<String> call(String rpc, String json, Role role, String project)
            throws Exception {
        Identity anna = new Identity("anna", Set.of(role), List.of(project));
        return client.send(
                HttpRequest.newBuilder(service.resolve("/api/" + rpc))
                        .header(
                                "authorization",
                                "Bearer "
                                        + issuer.mint(
                                                anna, TokenVerifier.ACCESS, Duration.ofMinutes(1)))
                        .header("content-type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(json))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
