package dev.gyre.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gyre.cli.machine.Service;
import dev.gyre.events.DeadLetters;
import dev.gyre.events.EventConsumer;
import dev.gyre.events.EventRecord;
import dev.gyre.events.Topic;
import dev.gyre.proto.feedback.v1.Dataset;
import dev.gyre.proto.feedback.v1.Rating;
import dev.gyre.proto.feedback.v1.RatingEvent;
import dev.gyre.proto.feedback.v1.RetrainingPolicy;
import dev.gyre.proto.releases.v1.ListCandidatesRequest;
import dev.gyre.proto.training.v1.Job;
import dev.gyre.proto.training.v1.JobEvent;
import dev.gyre.proto.training.v1.JobState;
import dev.gyre.proto.training.v1.ModelRef;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// What was acknowledged is there once, whatever dies meanwhile: trainer-service with a job under
/// way, feedback-service and Kafka are killed with signal 9 while people ask and rate.
class LedgerTest {
    private static final int RATERS = 3;
    private static final int FIRST_STEPS = 50;
    private static final int STEPS = 1_500;
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration CALM = Duration.ofSeconds(3);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    private final long start = System.nanoTime();
    private LocalGyre gyre;
    private Rater rater;
    private Operator operator;

    @BeforeEach
    void up() throws Exception {
        gyre = LocalGyre.start(folder, Map.of("GYRE_WORKER_CHECKPOINT_INTERVAL", "2s"));
        rater = new Rater(gyre, "rita");
        operator = new Operator(gyre, "olga");
        say("everything is healthy");
    }

    @AfterEach
    void down() {
        if (gyre != null) {
            try (LocalGyre _ = gyre;
                    Operator _ = operator;
                    Rater _ = rater) {
                say("ending");
            }
        }
    }

    @Test
    void whatWasAcknowledgedIsThereOnceWhoeverIsKilled() throws Exception {
        TinyModel.writeText(gyre.artifacts());
        ModelRef base = operator.trainAndServe(TinyModel.pretrain(FIRST_STEPS), LIMIT);
        operator.setPolicy(RetrainingPolicy.newBuilder().setEnabled(false).build());
        say("serving " + base.getVersion());

        try (Ledger ledger = new Ledger(rater, RATERS)) {
            Job job = operator.submit("long", TinyModel.pretrain(STEPS));
            Patience.until("the job has a checkpoint", LIMIT, () -> hasCheckpoint(job));
            kill("trainer-service");
            kill("feedback-service");
            kill("kafka");
            Patience.until("the job ends", LIMIT, () -> operator.job(job.getId()).hasResult());
            say("the job has ended");
            ledger.end();
            operator.awaitResolved(LIMIT);
            Patience.until("the outboxes are empty", LIMIT, this::outboxesAreEmpty);
            say(ledger.ratings().size() + " ratings; now the check");

            assertThat(gyre.restarts()).hasSize(3);
            completionsAreThereOnce(ledger.completions());
            ratingsAreThereOnce(ledger.ratings(), ledger.choices());
            theJobEndedOnce(operator.job(job.getId()), base);
            nothingWasGivenUp();
            say("%d requests sent, %d of them again".formatted(ledger.sent(), ledger.retried()));
        }
    }

    private void kill(String process) throws Exception {
        Thread.sleep(CALM);
        double seconds = gyre.killAndAwaitRestart(process);
        say("%s was killed and is healthy again after %.1f s".formatted(process, seconds));
    }

    private boolean hasCheckpoint(Job job) throws Exception {
        Path checkpoints = gyre.artifacts().resolve("jobs/" + job.getId() + "/1/checkpoints");
        if (!Files.isDirectory(checkpoints)) {
            return false;
        }
        try (Stream<Path> files = Files.list(checkpoints)) {
            return files.anyMatch(file -> file.getFileName().toString().startsWith("step-"));
        }
    }

    private boolean outboxesAreEmpty() throws Exception {
        return gyre.metric(Service.FEEDBACK, "gyre_outbox_events") == 0
                && gyre.metric(Service.TRAINER, "gyre_outbox_events") == 0;
    }

    private void completionsAreThereOnce(Set<String> received) throws Exception {
        List<EventRecord> records = records(Topic.COMPLETIONS);
        Set<String> sent = distinct(records, EventRecord::id);
        double stored = gyre.metric(Service.FEEDBACK, "gyre_completions");
        print("completions", received, sent, records.size(), stored);

        assertThat(sent).isEqualTo(received);
        assertThat(stored).isEqualTo(received.size());
    }

    private void ratingsAreThereOnce(Set<String> acknowledged, int choices) throws Exception {
        List<EventRecord> records = records(Topic.RATINGS);
        Set<String> sent =
                distinct(
                        records,
                        record -> record.parse(RatingEvent.parser()).getRecorded().getRatingId());
        List<Rating> listed = operator.ratings();
        print("ratings", acknowledged, sent, records.size(), listed.size());

        assertThat(listed)
                .extracting(Rating::getId)
                .doesNotHaveDuplicates()
                .containsExactlyInAnyOrderElementsOf(acknowledged);
        assertThat(listed).extracting(Rating::getInvalidReason).containsOnly("");
        assertThat(sent).isEqualTo(acknowledged);
        assertThat(distinct(records, EventRecord::id)).hasSameSizeAs(acknowledged);
        Dataset dataset = operator.seal();
        assertThat(dataset.getTrainingPairs() + dataset.getHoldoutPairs()).isEqualTo(choices);
    }

    private void theJobEndedOnce(Job job, ModelRef base) throws Exception {
        List<String> versions = new ArrayList<>();
        try (Stream<Path> folders = Files.list(gyre.artifacts().resolve("models/tiny"))) {
            folders.forEach(version -> versions.add(version.getFileName().toString()));
        }
        List<Integer> steps = new ArrayList<>();
        ObjectMapper json = new ObjectMapper();
        for (String line :
                Files.readAllLines(
                        gyre.artifacts().resolve("jobs/" + job.getId() + "/metrics.jsonl"))) {
            steps.add(json.readTree(line).get("step").asInt());
        }
        List<EventRecord> candidates =
                records(Topic.JOB_EVENTS).stream()
                        .filter(
                                record -> {
                                    JobEvent event = record.parse(JobEvent.parser());
                                    return event.getCandidateProduced()
                                            .getJobId()
                                            .equals(job.getId());
                                })
                        .toList();
        say(
                "job: %s in attempt %d, %d steps, versions %s"
                        .formatted(job.getState(), job.getAttempt(), steps.size(), versions));

        assertThat(job.getState()).isEqualTo(JobState.JOB_STATE_SUCCEEDED);
        assertThat(job.getAttempt()).isEqualTo(2);
        assertThat(steps)
                .containsExactlyElementsOf(IntStream.rangeClosed(1, STEPS).boxed().toList());
        assertThat(versions)
                .containsExactlyInAnyOrder(
                        base.getVersion(), job.getResult().getModel().getVersion());
        assertThat(distinct(candidates, EventRecord::id)).hasSize(1);
        assertThat(
                        operator.services()
                                .releases()
                                .listCandidates(
                                        ListCandidatesRequest.newBuilder()
                                                .setReleaseLine(TinyModel.NAME)
                                                .build())
                                .getCandidatesList())
                .filteredOn(candidate -> candidate.getJobId().equals(job.getId()))
                .hasSize(1);
        assertThat(operator.line().getEpoch()).isEqualTo(1);
    }

    private void nothingWasGivenUp() {
        DeadLetters letters = new DeadLetters(gyre.kafka());
        for (Topic topic : Topic.values()) {
            assertThat(letters.list(topic)).as(topic.topicName()).isEmpty();
        }
    }

    /// Everything on a topic, once nothing more has come for a while.
    private List<EventRecord> records(Topic topic) throws Exception {
        List<EventRecord> records = new CopyOnWriteArrayList<>();
        try (EventConsumer _ =
                new EventConsumer(
                        gyre.kafka(),
                        topic,
                        "ledger",
                        EventConsumer.Start.BEGINNING,
                        records::add,
                        (what, failure) -> say(what + ": " + failure))) {
            int seen = -1;
            while (records.size() > seen || seen == 0) {
                seen = records.size();
                Thread.sleep(Duration.ofSeconds(1));
            }
        }
        return records;
    }

    private static Set<String> distinct(
            List<EventRecord> records, Function<EventRecord, String> name) {
        return records.stream().map(name).collect(Collectors.toSet());
    }

    /// @param known what the client has in its book
    /// @param sent what is on the topic
    /// @param records how many records that took
    /// @param stored rows that feedback-service has
    private void print(
            String what, Set<String> known, Set<String> sent, int records, double stored) {
        Set<String> lost = new HashSet<>(known);
        lost.removeAll(sent);
        say(
                "%s: %d acknowledged, %d on the topic (%d sent there again), %.0f stored, %d lost, %.0f doubled"
                        .formatted(
                                what,
                                known.size(),
                                sent.size(),
                                records - sent.size(),
                                stored,
                                lost.size(),
                                Math.max(0, stored - known.size())));
    }

    private void say(String what) {
        System.out.printf("ledger: %5.1f s %s%n", (System.nanoTime() - start) / 1e9, what);
    }
}
