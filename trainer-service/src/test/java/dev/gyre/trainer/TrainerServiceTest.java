package dev.gyre.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gyre.access.Identity;
import dev.gyre.access.Role;
import dev.gyre.events.Event;
import dev.gyre.events.EventConsumer;
import dev.gyre.events.EventPublisher;
import dev.gyre.events.EventRecord;
import dev.gyre.events.KafkaSettings;
import dev.gyre.events.Topic;
import dev.gyre.proto.training.v1.CancelJobRequest;
import dev.gyre.proto.training.v1.CorpusRef;
import dev.gyre.proto.training.v1.DatasetRef;
import dev.gyre.proto.training.v1.DpoJob;
import dev.gyre.proto.training.v1.GetJobRequest;
import dev.gyre.proto.training.v1.Job;
import dev.gyre.proto.training.v1.JobCancellationRequested;
import dev.gyre.proto.training.v1.JobEvent;
import dev.gyre.proto.training.v1.JobRequestEvent;
import dev.gyre.proto.training.v1.JobRequested;
import dev.gyre.proto.training.v1.JobSpec;
import dev.gyre.proto.training.v1.JobState;
import dev.gyre.proto.training.v1.JobStateEvent;
import dev.gyre.proto.training.v1.ListJobsRequest;
import dev.gyre.proto.training.v1.ListJobsResponse;
import dev.gyre.proto.training.v1.ModelRef;
import dev.gyre.proto.training.v1.OptimizerSettings;
import dev.gyre.proto.training.v1.PretrainJob;
import dev.gyre.proto.training.v1.SubmitJobRequest;
import dev.gyre.proto.training.v1.TrainingServiceGrpc;
import dev.gyre.proto.training.v1.TrainingServiceGrpc.TrainingServiceBlockingStub;
import dev.gyre.proto.training.v1.WatchJobRequest;
import dev.gyre.proto.training.v1.WatchJobResponse;
import dev.gyre.trainer.jobs.TestRequests;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The whole service through its doors: gRPC and Kafka in, Kafka out, a fake worker inside.
@QuarkusTest
@QuarkusTestResource(TestService.class)
final class TrainerServiceTest {
    @Inject
    @ConfigProperty(name = "quarkus.grpc.server.test-port")
    int grpcPort;

    @Inject
    @ConfigProperty(name = "quarkus.management.test-port")
    int managementPort;

    @Inject
    @ConfigProperty(name = "gyre.test.private-keys")
    String privateKeys;

    @Inject
    @ConfigProperty(name = "gyre.kafka.bootstrap-servers")
    String kafkaServers;

    @Inject
    @ConfigProperty(name = "gyre.kafka.username")
    Optional<String> kafkaUser;

    @Inject
    @ConfigProperty(name = "gyre.kafka.password")
    Optional<String> kafkaPassword;

    @Inject
    @ConfigProperty(name = "gyre.kafka.topic-prefix")
    String topicPrefix;

    private ManagedChannel channel;
    private TrainingServiceBlockingStub operator;

    @BeforeEach
    void connect() {
        channel = TestService.channel(grpcPort);
        operator = stub(TestService.operator("default", "another"));
    }

    @AfterEach
    void disconnect() {
        channel.shutdownNow();
    }

    @Test
    void doesAJobAndTellsKafka() {
        Job job = submit(UUID.randomUUID().toString(), TestRequests.pretrain("fast", 5));

        Iterator<WatchJobResponse> watch =
                operator.watchJob(WatchJobRequest.newBuilder().setJobId(job.getId()).build());
        List<Job> seen = new ArrayList<>();
        watch.forEachRemaining(change -> seen.add(change.getJob()));

        Job done = seen.getLast();
        assertThat(done.getState()).isEqualTo(JobState.JOB_STATE_SUCCEEDED);
        assertThat(done.getResult().getModel())
                .isEqualTo(
                        ModelRef.newBuilder()
                                .setName("tiny")
                                .setVersion(job.getId() + "-1")
                                .build());
        assertThat(done.getResult().getMetricsPath())
                .isEqualTo("jobs/" + job.getId() + "/metrics.jsonl");
        assertThat(done.getRequestedBy()).isEqualTo("olga");
        assertThat(states(job.getId(), JobState.JOB_STATE_SUCCEEDED))
                .extracting(Job::getState)
                .containsExactly(
                        JobState.JOB_STATE_QUEUED,
                        JobState.JOB_STATE_RUNNING,
                        JobState.JOB_STATE_SUCCEEDED);
        List<JobEvent> events = candidateEvents(job.getId());
        assertThat(events.getLast().getCandidateProduced())
                .satisfies(
                        candidate -> {
                            assertThat(candidate.getProject()).isEqualTo("default");
                            assertThat(candidate.getModel()).isEqualTo(done.getResult().getModel());
                            assertThat(candidate.getManifestSha256())
                                    .isEqualTo(done.getResult().getManifestSha256());
                            assertThat(candidate.hasParent()).isFalse();
                        });
    }

    @Test
    void givesTheSameJobForTheSameRequestId() {
        String id = UUID.randomUUID().toString();

        Job first = submit(id, TestRequests.pretrain("fast", 1));
        Job second = submit(id, TestRequests.pretrain("fast", 1));

        assertThat(second.getId()).isEqualTo(first.getId());
        assertRefused(
                () -> submit(id, TestRequests.pretrain("fast", 2)),
                Status.Code.ALREADY_EXISTS,
                "with another specification");
    }

    @Test
    void refusesWhatCannotBeDoneWithValueLimitAndRemedy() {
        assertInvalid(JobSpec.getDefaultInstance(), "no kind");
        assertInvalid(
                pretrain(p -> p.setModelName("My Model")), "pretrain.model_name is 'My Model'");
        assertInvalid(pretrain(p -> p.setLayers(65)), "pretrain.layers is '65'; wanted: 1 to 64");
        assertInvalid(pretrain(p -> p.setKvHeads(2)), "a divisor of query_heads, which is 3");
        assertInvalid(pretrain(p -> p.setText("../secret")), "relative to texts/");
        assertInvalid(pretrain(p -> p.addVariants("int4")), "fp32 or int8");
        assertInvalid(
                pretrain(
                        p ->
                                p.setOptimizer(
                                        OptimizerSettings.newBuilder()
                                                .setLearningRate(Double.NaN))),
                "pretrain.optimizer.learning_rate is 'NaN'");
        assertInvalid(
                pretrain(p -> p.setCorpus(CorpusRef.newBuilder().setName("wiki"))),
                "pretrain.corpus.version is ''");
        assertInvalid(
                JobSpec.newBuilder()
                        .setDpo(
                                DpoJob.newBuilder()
                                        .setBase(ModelRef.newBuilder().setName("m").setVersion("1"))
                                        .setDataset(DatasetRef.newBuilder().setId("d")))
                        .build(),
                "dpo.dataset.sha256 is ''; wanted: 64 lower-case hexadecimal digits");
        assertRefused(
                () -> submit("", TestRequests.pretrain("fast", 1)),
                Status.Code.INVALID_ARGUMENT,
                "request_id has 0 characters");
    }

    @Test
    void letsNobodySeeAnothersJobs() {
        Job job = submit(UUID.randomUUID().toString(), TestRequests.pretrain("fast", 1));
        TrainingServiceBlockingStub stranger = stub(TestService.operator("elsewhere"));

        assertRefused(() -> stranger.getJob(get(job.getId())), Status.Code.NOT_FOUND, "no job");
        assertRefused(
                () ->
                        stranger.cancelJob(
                                CancelJobRequest.newBuilder().setJobId(job.getId()).build()),
                Status.Code.NOT_FOUND,
                "no job");
        assertRefused(
                () -> stranger.listJobs(ListJobsRequest.newBuilder().setProject("default").build()),
                Status.Code.PERMISSION_DENIED,
                "does not belong to project default");
        assertThat(stranger.listJobs(ListJobsRequest.getDefaultInstance()).getJobsList()).isEmpty();
        assertRefused(
                () -> TrainingServiceGrpc.newBlockingStub(channel).getJob(get(job.getId())),
                Status.Code.UNAUTHENTICATED,
                "no token");
    }

    @Test
    void letsARaterLookButNotAsk() {
        Job job = submit(UUID.randomUUID().toString(), TestRequests.pretrain("fast", 1));
        TrainingServiceBlockingStub rater =
                stub(new Identity("rita", Set.of(Role.RATER), List.of("default")));

        assertThat(rater.getJob(get(job.getId())).getJob().getId()).isEqualTo(job.getId());
        assertRefused(
                () ->
                        rater.submitJob(
                                SubmitJobRequest.newBuilder()
                                        .setRequestId("x")
                                        .setSpec(TestRequests.pretrain("fast", 1))
                                        .build()),
                Status.Code.PERMISSION_DENIED,
                "needs one of");
    }

    @Test
    void listsInPages() {
        Set<String> made = new HashSet<>();
        for (int i = 0; i < 5; i++) {
            SubmitJobRequest request =
                    SubmitJobRequest.newBuilder()
                            .setRequestId(UUID.randomUUID().toString())
                            .setProject("another")
                            .setSpec(TestRequests.pretrain("fast", 1))
                            .build();
            made.add(operator.submitJob(request).getJob().getId());
        }

        Set<String> listed = new HashSet<>();
        String token = "";
        int pages = 0;
        do {
            ListJobsResponse page =
                    operator.listJobs(
                            ListJobsRequest.newBuilder()
                                    .setProject("another")
                                    .setPageSize(2)
                                    .setPageToken(token)
                                    .build());
            page.getJobsList().forEach(job -> listed.add(job.getId()));
            token = page.getNextPageToken();
            pages++;
        } while (!token.isEmpty());

        assertThat(listed).isEqualTo(made);
        assertThat(pages).isEqualTo(3);
        assertRefused(
                () -> operator.listJobs(ListJobsRequest.newBuilder().setPageToken("%%%").build()),
                Status.Code.INVALID_ARGUMENT,
                "page_token");
    }

    @Test
    void cancels() {
        Job job = submit(UUID.randomUUID().toString(), TestRequests.pretrain("slow", 100_000));

        Job cancelled =
                operator.cancelJob(CancelJobRequest.newBuilder().setJobId(job.getId()).build())
                        .getJob();

        assertThat(cancelled.getState()).isEqualTo(JobState.JOB_STATE_CANCELLED);
        assertThat(
                        operator.cancelJob(
                                        CancelJobRequest.newBuilder().setJobId(job.getId()).build())
                                .getJob())
                .isEqualTo(cancelled);
    }

    @Test
    void takesRequestsFromKafkaOnceEach() {
        String id = UUID.randomUUID().toString();
        JobRequestEvent request = requested(id, TestRequests.pretrain("fast", 2));
        Event event = Event.of(UUID.randomUUID().toString(), id, request, Instant.now());
        Event again = Event.of(UUID.randomUUID().toString(), id, request, Instant.now());

        publish(event, event, again);
        Job job = await(() -> jobOf(id), Optional::isPresent).orElseThrow();
        states(job.getId(), JobState.JOB_STATE_SUCCEEDED);

        assertThat(jobsOf(id)).hasSize(1);
        assertThat(job.getRequestedBy()).isEqualTo("policy");
    }

    @Test
    void cancelsByKafka() {
        String id = UUID.randomUUID().toString();

        publish(
                Event.of(
                        UUID.randomUUID().toString(),
                        id,
                        requested(id, TestRequests.pretrain("slow", 100_000)),
                        Instant.now()),
                Event.of(
                        UUID.randomUUID().toString(),
                        id,
                        JobRequestEvent.newBuilder()
                                .setCancellationRequested(
                                        JobCancellationRequested.newBuilder().setRequestId(id))
                                .build(),
                        Instant.now()));

        await(
                () -> jobOf(id),
                job -> job.filter(j -> j.getState() == JobState.JOB_STATE_CANCELLED).isPresent());
    }

    @Test
    void tellsTheAskerWhyAKafkaRequestCannotBeDone() {
        String id = UUID.randomUUID().toString();

        publish(
                Event.of(
                        UUID.randomUUID().toString(),
                        id,
                        requested(id, pretrain(p -> p.setLayers(65))),
                        Instant.now()));

        Job job = await(() -> jobOf(id), Optional::isPresent).orElseThrow();
        assertThat(states(job.getId(), JobState.JOB_STATE_FAILED).getLast().getError())
                .contains("pretrain.layers is '65'");
    }

    @Test
    void sendsWhatCannotBeReadToTheDeadLettersAndGoesOn() throws Exception {
        String id = UUID.randomUUID().toString();
        String poison = UUID.randomUUID().toString();

        publish(
                new Event(
                        poison,
                        "gyre.training.v1.JobRequestEvent",
                        id,
                        new byte[] {1, 2, 3},
                        Instant.now()),
                Event.of(
                        UUID.randomUUID().toString(),
                        id,
                        JobRequestEvent.getDefaultInstance(),
                        Instant.now()),
                Event.of(
                        UUID.randomUUID().toString(),
                        id,
                        requested(id, TestRequests.pretrain("fast", 1)),
                        Instant.now()));

        await(() -> jobOf(id), Optional::isPresent);
        assertThat(deadLetters(id)).hasSize(2);
    }

    @Test
    void showsHealthAndMetrics() throws Exception {
        Job job = submit(UUID.randomUUID().toString(), TestRequests.pretrain("fast", 1));
        states(job.getId(), JobState.JOB_STATE_SUCCEEDED);

        assertThat(management("/q/health")).contains("claiming of jobs").doesNotContain("DOWN");
        assertThat(management("/q/metrics"))
                .contains("gyre_jobs{state=\"queued\"")
                .contains("gyre_outbox_events ")
                .contains("gyre_jobs_ended_total{kind=\"pretrain\",state=\"succeeded\"");
    }

    private String management(String path) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + managementPort + path))
                        .build();
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .build()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private TrainingServiceBlockingStub stub(Identity identity) {
        return TrainingServiceGrpc.newBlockingStub(
                TestService.caller(channel, privateKeys, identity));
    }

    private Job submit(String requestId, JobSpec spec) {
        return operator.submitJob(
                        SubmitJobRequest.newBuilder().setRequestId(requestId).setSpec(spec).build())
                .getJob();
    }

    private static GetJobRequest get(String id) {
        return GetJobRequest.newBuilder().setJobId(id).build();
    }

    private static JobSpec pretrain(java.util.function.UnaryOperator<PretrainJob.Builder> change) {
        return JobSpec.newBuilder()
                .setPretrain(change.apply(PretrainJob.newBuilder().setModelName("tiny")))
                .build();
    }

    private static JobRequestEvent requested(String id, JobSpec spec) {
        return JobRequestEvent.newBuilder()
                .setRequested(
                        JobRequested.newBuilder()
                                .setRequestId(id)
                                .setProject("default")
                                .setRequestedBy("policy")
                                .setSpec(spec))
                .build();
    }

    private void assertInvalid(JobSpec spec, String message) {
        assertRefused(
                () -> submit(UUID.randomUUID().toString(), spec),
                Status.Code.INVALID_ARGUMENT,
                message);
    }

    private static void assertRefused(
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

    private List<Job> jobsOf(String requestId) {
        return operator
                .listJobs(
                        ListJobsRequest.newBuilder()
                                .setProject("default")
                                .setPageSize(1000)
                                .build())
                .getJobsList()
                .stream()
                .filter(job -> job.getRequestId().equals(requestId))
                .toList();
    }

    private Optional<Job> jobOf(String requestId) {
        return jobsOf(requestId).stream().findFirst();
    }

    private KafkaSettings kafka() {
        return new KafkaSettings(
                kafkaServers, kafkaUser.orElse(""), kafkaPassword.orElse(""), topicPrefix);
    }

    private void publish(Event... events) {
        try (var publisher = new EventPublisher(kafka(), "feedback-service")) {
            for (Event event : events) {
                publisher.publish(Topic.JOB_REQUESTS, event, Duration.ofSeconds(20));
            }
        }
    }

    /// The states of a job as Kafka tells them, up to and with `last`.
    private List<Job> states(String jobId, JobState last) {
        return read(
                        Topic.JOBS,
                        jobId,
                        records -> !records.isEmpty() && job(records.getLast()).getState() == last)
                .stream()
                .map(TrainerServiceTest::job)
                .toList();
    }

    private static Job job(EventRecord record) {
        return record.parse(JobStateEvent.parser()).getJobChanged();
    }

    private List<JobEvent> candidateEvents(String jobId) {
        return read(
                        Topic.JOB_EVENTS,
                        jobId,
                        records ->
                                !records.isEmpty()
                                        && records.getLast()
                                                .parse(JobEvent.parser())
                                                .hasCandidateProduced())
                .stream()
                .map(record -> record.parse(JobEvent.parser()))
                .toList();
    }

    private List<EventRecord> read(Topic topic, String key, Predicate<List<EventRecord>> enough) {
        var found = new ConcurrentLinkedQueue<EventRecord>();
        try (var _ =
                new EventConsumer(
                        kafka(),
                        topic,
                        "test-" + UUID.randomUUID(),
                        EventConsumer.Start.BEGINNING,
                        record -> {
                            if (record.key().equals(key)) {
                                found.add(record);
                            }
                        },
                        (_, _) -> {})) {
            return await(() -> List.copyOf(found), enough);
        }
    }

    private List<String> deadLetters(String key) {
        try (var consumer =
                new org.apache.kafka.clients.consumer.KafkaConsumer<>(
                        consumerSettings(),
                        new org.apache.kafka.common.serialization.StringDeserializer(),
                        new org.apache.kafka.common.serialization.ByteArrayDeserializer())) {
            String topic = topicPrefix + Topic.JOB_REQUESTS.topicName() + ".dlq";
            var partition = new org.apache.kafka.common.TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            List<String> found = new ArrayList<>();
            return await(
                    () -> {
                        consumer.poll(Duration.ofMillis(200))
                                .forEach(
                                        record -> {
                                            if (key.equals(record.key())) {
                                                found.add(record.toString());
                                            }
                                        });
                        return List.copyOf(found);
                    },
                    letters -> letters.size() >= 2);
        }
    }

    private Map<String, Object> consumerSettings() {
        return new dev.gyre.embedded.KafkaAddress(
                        kafkaServers, kafkaUser.orElse(""), kafkaPassword.orElse(""))
                .clientProperties();
    }

    private static <T> T await(Supplier<T> look, Predicate<T> wanted) {
        Instant limit = Instant.now().plusSeconds(60);
        T seen = look.get();
        while (!wanted.test(seen)) {
            assertThat(Instant.now()).as("%s", seen).isBefore(limit);
            try {
                Thread.sleep(50);
            } catch (InterruptedException interrupted) {
                throw new AssertionError(interrupted);
            }
            seen = look.get();
        }
        return seen;
    }
}
