package dev.gyre.feedback;

import static dev.gyre.feedback.RunningService.OPERATOR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.gyre.access.FailureException;
import dev.gyre.artifacts.ModelVersion;
import dev.gyre.embedded.DatabaseAddress;
import dev.gyre.embedded.SharedInfrastructure;
import dev.gyre.events.DeadLetters;
import dev.gyre.events.EventRecord;
import dev.gyre.events.KafkaSettings;
import dev.gyre.events.Topic;
import dev.gyre.feedback.datasets.Dataset;
import dev.gyre.feedback.gate.GateLimits;
import dev.gyre.feedback.gate.Verdict;
import dev.gyre.feedback.lineage.AnswerLineage;
import dev.gyre.feedback.lineage.ModelOrigin;
import dev.gyre.feedback.lineage.RatingLineage;
import dev.gyre.feedback.platform.Page;
import dev.gyre.feedback.policies.JobSettings;
import dev.gyre.feedback.policies.Policy;
import dev.gyre.feedback.ratings.Judgement;
import dev.gyre.feedback.ratings.PairVerdict;
import dev.gyre.feedback.ratings.Rating;
import dev.gyre.feedback.ratings.RatingState;
import dev.gyre.feedback.releases.Candidate;
import dev.gyre.feedback.releases.CandidateState;
import dev.gyre.feedback.releases.Release;
import dev.gyre.feedback.releases.ReleaseLine;
import dev.gyre.feedback.releases.Releases;
import dev.gyre.feedback.rounds.Round;
import dev.gyre.feedback.rounds.RoundState;
import dev.gyre.proto.feedback.v1.DatasetEvent;
import dev.gyre.proto.feedback.v1.RatingEvent;
import dev.gyre.proto.inference.v1.LoadState;
import dev.gyre.proto.inference.v1.LoadedVersion;
import dev.gyre.proto.inference.v1.ReplicaEvent;
import dev.gyre.proto.inference.v1.ReplicaState;
import dev.gyre.proto.releases.v1.ReleaseEvent;
import dev.gyre.proto.training.v1.JobRequested;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The service against real Kafka and PostgreSQL; trainer-service and inference-service are played.
class LoopTest {
    private static final int PAIRS = 24;
    private static final Map<String, Double> BETTER =
            Map.ofEntries(
                    Map.entry("holdout_pairs", 40.0),
                    Map.entry("holdout_correct", 36.0),
                    Map.entry("holdout_accuracy", 0.9),
                    Map.entry("text_loss_candidate", 2.01),
                    Map.entry("text_loss_base", 2.0),
                    Map.entry("reward_score_candidate", 0.4),
                    Map.entry("reward_score_base", 0.1),
                    Map.entry("reward_accuracy", 0.7),
                    Map.entry("mean_length_candidate", 40.0),
                    Map.entry("mean_length_base", 40.0),
                    Map.entry("kl_per_token", 0.02));

    private static final AtomicInteger NUMBER = new AtomicInteger();

    @TempDir private static Path artifacts;
    private static KafkaSettings kafka;
    private static DatabaseAddress database;
    private static RunningService service;
    private World world;
    private String project;
    private String line;
    private ModelVersion base;

    @BeforeAll
    static void startService() throws Exception {
        kafka = World.newKafka();
        database = SharedInfrastructure.get().newDatabase();
        service = new RunningService(database, kafka, artifacts);
    }

    @AfterAll
    static void stopService() {
        service.close();
    }

    private static void restart() throws Exception {
        service = new RunningService(database, kafka, artifacts);
    }

    @BeforeEach
    void enterWorld() {
        world = new World(kafka, artifacts, NUMBER.incrementAndGet());
        project = world.project;
        line = world.line;
        base = world.base;
    }

    @AfterEach
    void leaveWorld() {
        // no round of this test disturbs the next one's
        policy(1_000_000);
        world.close();
    }

    @Test
    void aRoundOfRatingsEndsInAPromotedVersion() throws Exception {
        PlayedTrainer trainer = new PlayedTrainer(world, BETTER, "");
        trainer.start();
        List<EventRecord> releases = world.listen(Topic.RELEASES, project + "/");
        policy(12);

        world.firstImport();
        World.await("first import served", () -> promoted(1));
        rate(0, PAIRS);
        World.await("round promoted", () -> state() == RoundState.PROMOTED);

        Round round = round();
        Dataset dataset = service.datasets.get(round.datasetId());
        ReleaseLine now = service.releases.get(project, line).line();
        Candidate candidate =
                service.releases.candidate(String.valueOf(round.candidateId())).orElseThrow();
        assertThat(round.startedBy()).isEqualTo("policy");
        assertThat(trainer.requests)
                .extracting(JobRequested::getRequestId)
                .containsExactly(
                        round.id() + "/reward",
                        round.id() + "/preference",
                        round.id() + "/evaluation");
        assertThat(trainer.requests.get(1).getSpec().getDpo().getBeta()).isEqualTo(0.3);
        assertThat(trainer.requests)
                .extracting(request -> request.getSpec().toString())
                .allMatch(spec -> spec.contains(dataset.id()) && spec.contains(dataset.sha256()));
        assertThat(trainer.requests.get(2).getSpec().getEvaluate())
                .satisfies(
                        job -> {
                            assertThat(job.getReward().getName()).isEqualTo(line + "-reward");
                            assertThat(job.getCandidate())
                                    .isEqualTo(World.ref(candidate.release().model()));
                            assertThat(job.getBase()).isEqualTo(World.ref(base));
                        });
        assertThat(now.epoch()).isEqualTo(2);
        assertThat(now.promoted()).isEqualTo(candidate.release());
        assertThat(previous(now)).isEqualTo(base);
        assertThat(candidate.verdict()).isEqualTo(Verdict.PASS);
        assertThat(candidate.checks()).hasSize(4);
        assertThat(candidate.metrics()).isEqualTo(BETTER);
        World.await("both releases told", () -> releases.size() >= 2);
        assertThat(releases)
                .extracting(event -> event.parse(ReleaseEvent.parser()).getLineChanged().getEpoch())
                .containsExactly(1L, 2L);

        lineageHolds(round, dataset, candidate);

        // the pairs of the old version do not count for the new one
        Thread.sleep(500);
        assertThat(service.rounds.list(project, line)).hasSize(1);
    }

    private void lineageHolds(Round round, Dataset dataset, Candidate candidate) throws Exception {
        ModelVersion promoted = candidate.release().model();
        world.completion(id("later"), "hello", "new answer", promoted);
        World.await("completion kept", () -> completionKept(id("later")));

        AnswerLineage answer = service.lineage.ofCompletion(id("later"), OPERATOR);
        assertThat(answer.models()).extracting(ModelOrigin::model).containsExactly(promoted, base);
        assertThat(answer.models().getFirst().datasetId()).isEqualTo(dataset.id());
        assertThat(answer.models().getFirst().ratingIds())
                .hasSize(dataset.trainingPairs() + dataset.holdoutPairs());
        String rating = answer.models().getFirst().ratingIds().getFirst();
        RatingLineage went = service.lineage.ofRating(rating, OPERATOR);
        assertThat(went.datasetIds()).containsExactly(dataset.id());
        assertThat(went.completionIds()).hasSize(2);
        assertThat(went.models())
                .extracting(ModelOrigin::model)
                .containsExactlyInAnyOrder(promoted, rewardModel(round));
        assertThatExceptionOfType(FailureException.class)
                .isThrownBy(
                        () ->
                                service.lineage.ofRating(
                                        rating,
                                        new dev.gyre.access.Identity(
                                                "eve", OPERATOR.roles(), List.of("other"))))
                .withMessageContaining("there is no rating");
    }

    @Test
    void aWorseCandidateIsRejectedAndCanBeOverruledWithAReason() throws Exception {
        Map<String, Double> worse = new java.util.HashMap<>(BETTER);
        worse.put("holdout_correct", 8.0);
        new PlayedTrainer(world, worse, "").start();
        policy(12);

        world.firstImport();
        World.await("first import served", () -> promoted(1));
        rate(0, PAIRS);
        World.await("round rejected", () -> state() == RoundState.REJECTED);

        String candidate = String.valueOf(round().candidateId());
        assertThat(service.releases.get(project, line).line().epoch()).isEqualTo(1);
        assertThat(service.releases.candidate(candidate).orElseThrow())
                .extracting(Candidate::state, Candidate::verdict)
                .containsExactly(CandidateState.REJECTED, Verdict.FAIL);

        ModelVersion model = ModelVersion.parse(candidate);
        assertThatExceptionOfType(FailureException.class)
                .isThrownBy(() -> service.releases.promote(project, line, model, ask("", 0)))
                .withMessageContaining("say why");
        assertThatExceptionOfType(FailureException.class)
                .isThrownBy(() -> service.releases.promote(project, line, model, ask("so", 9)))
                .withMessageContaining("is at epoch 1, the caller saw 9");
        ReleaseLine now = service.releases.promote(project, line, model, ask("I like it", 1));
        assertThat(now.epoch()).isEqualTo(2);
        assertThat(service.releases.changes(project, line).getFirst().overruled()).isTrue();
        World.await("round follows the person", () -> state() == RoundState.PROMOTED);

        ReleaseLine back = service.releases.rollBack(project, line, ask("no good", 2));
        assertThat(back.epoch()).isEqualTo(3);
        assertThat(promotedVersion(back)).isEqualTo(base);
        assertThat(previous(back)).isEqualTo(model);
        assertThat(service.releases.candidate(candidate).orElseThrow().state())
                .isEqualTo(CandidateState.REJECTED);
    }

    @Test
    void tooLittleEvidenceWaitsForAPerson() throws Exception {
        Map<String, Double> few = new java.util.HashMap<>(BETTER);
        few.put("holdout_pairs", 4.0);
        few.put("holdout_correct", 4.0);
        new PlayedTrainer(world, few, "").start();
        policy(12);

        world.firstImport();
        World.await("first import served", () -> promoted(1));
        rate(0, PAIRS);
        World.await("round waits", () -> state() == RoundState.WAITING);
        String candidate = String.valueOf(round().candidateId());

        service.releases.reject(candidate, OPERATOR, "not needed");

        World.await("round follows the person", () -> state() == RoundState.REJECTED);
        assertThat(service.releases.candidate(candidate).orElseThrow().reason())
                .isEqualTo("not needed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/reward", "/preference", "/evaluation"})
    void aFailedJobFailsTheRoundAndIsNotTriedForEver(String failing) throws Exception {
        PlayedTrainer trainer = new PlayedTrainer(world, BETTER, failing);
        trainer.start();
        policy(12);

        world.firstImport();
        World.await("first import served", () -> promoted(1));
        rate(0, PAIRS);
        World.await("round failed", () -> state() == RoundState.FAILED);

        assertThat(round().error()).contains("the data does not fit");
        Thread.sleep(500);
        assertThat(service.rounds.list(project, line)).hasSize(1);
        assertThat(service.releases.get(project, line).line().epoch()).isEqualTo(1);

        // a person may try again at once
        Round again = service.rounds.start(project, line, "olga");
        assertThat(again.datasetId()).isEqualTo(round().datasetId());
    }

    /// The service ends after each step, what it should hear is said while it is down, and it goes
    /// on.
    @Test
    void aRoundGoesOnAfterACrashAtEveryStep() throws Exception {
        policy(12);
        world.firstImport();
        World.await("first import served", () -> promoted(1));
        service.close();
        restart();
        rate(0, PAIRS);
        World.await("round under way", () -> state() == RoundState.REWARD);
        service.close();

        PlayedTrainer trainer = new PlayedTrainer(world, BETTER, "");
        trainer.startHolding();
        for (RoundState then :
                List.of(RoundState.REWARD, RoundState.PREFERENCE, RoundState.EVALUATING)) {
            int asked = trainer.requests.size();
            restart();
            World.await("next request", () -> trainer.requests.size() > asked);
            assertThat(state()).isEqualTo(then);
            service.close();
            trainer.answers.release();
        }
        restart();
        World.await("round promoted", () -> state() == RoundState.PROMOTED);

        assertThat(trainer.requests).hasSize(3);
        assertThat(service.releases.get(project, line).line().epoch()).isEqualTo(2);
        assertThat(service.rounds.list(project, "")).hasSize(1);
    }

    @Test
    void ratingsMayComeBeforeBesidesAndAfterTheirCompletions() throws Exception {
        for (int i = 0; i < 40; i++) {
            String prompt = "prompt " + i;
            String id = id("r" + i);
            if (i % 2 == 0) {
                service.ratings.record(id, project, pair(i), "rita");
            }
            world.completion(id("a" + i), prompt, "one", base);
            if (i % 3 == 0) {
                service.ratings.record(id, project, pair(i), "rita");
            }
            world.completion(id("b" + i), prompt, "two", base);
            service.ratings.record(id, project, pair(i), "rita");
        }

        World.await("all resolved", () -> ratings().stream().noneMatch(this::parked));
        assertThat(ratings()).hasSize(40).allMatch(rating -> rating.state() == RatingState.VALID);
    }

    @Test
    void aRatingIsRecordedOnceAndToldOnceWithoutTextOrName() throws Exception {
        List<EventRecord> events = world.listen(Topic.RATINGS, id("a"));
        Judgement judged =
                new Judgement.Pair(
                        id("a"), id("b"), PairVerdict.SKIPPED, true, "I know this person");

        Rating first = service.ratings.record(id("r"), project, judged, "rita@example.org");
        Rating again = service.ratings.record(id("r"), project, judged, "rita@example.org");

        assertThat(again).isEqualTo(first);
        assertThat(first.rater()).matches("r-[0-9a-f]{32}");
        assertThatExceptionOfType(FailureException.class)
                .isThrownBy(
                        () ->
                                service.ratings.record(
                                        id("r"),
                                        project,
                                        new Judgement.Thumb(id("a"), true),
                                        "rita@example.org"))
                .withMessageContaining("another content");
        assertThatExceptionOfType(FailureException.class)
                .isThrownBy(() -> service.ratings.record(id("r"), project, judged, "eve"))
                .withMessageContaining("another content");
        service.ratings.record(id("last"), project, new Judgement.Thumb(id("a"), false), "rita");
        World.await("both told", () -> events.size() >= 2);
        assertThat(events).hasSize(2);
        assertThat(events.getFirst().key()).isEqualTo(id("a"));
        assertThat(new String(events.getFirst().value(), StandardCharsets.ISO_8859_1))
                .doesNotContain("rita", "know");
        assertThat(events.getFirst().parse(RatingEvent.parser()).getRecorded().getRater())
                .isEqualTo(first.rater());
        // the pseudonym outlives the process
        service.close();
        restart();
        assertThat(service.ratings.record(id("r"), project, judged, "rita@example.org"))
                .isEqualTo(first);
    }

    @Test
    void aPairOverTwoPromptsIsKeptAndMarkedAndNotTrainedOn() throws Exception {
        world.firstImport();
        World.await("first import served", () -> promoted(1));
        world.completion(id("a0"), "one prompt", "x", base);
        world.completion(id("b0"), "another prompt", "y", base);
        service.ratings.record(id("r0"), project, pair(0), "rita");
        World.await("resolved", () -> !parked(ratings().getFirst()));

        assertThat(ratings().getFirst().state()).isEqualTo(RatingState.INVALID);
        assertThat(ratings().getFirst().invalidReason()).contains("different prompts");
        assertThatExceptionOfType(FailureException.class)
                .isThrownBy(() -> service.rounds.snapshot(project, line))
                .withMessageContaining("no decided pair");
    }

    @Test
    void theSameRatingsGiveTheSameDataSetAndItsFilesHoldTheIds() throws Exception {
        List<EventRecord> events = world.listen(Topic.DATASETS, "ds-");
        policy(1000);
        world.firstImport();
        World.await("first import served", () -> promoted(1));
        rate(0, PAIRS);
        ModelVersion other = new ModelVersion(line, "other-1");
        world.completion(id("a99"), "p", "x", other);
        world.completion(id("b99"), "p", "y", other);
        world.completion(id("a98"), "p", "same", base);
        world.completion(id("b98"), "p", "same", base);
        world.completion(id("a97"), "p", "x\u0000", base);
        world.completion(id("b97"), "p", "y", base);
        for (int i : List.of(97, 98, 99)) {
            service.ratings.record(id("r" + i), project, pair(i), "rita");
        }
        World.await("all resolved", () -> ratings().stream().noneMatch(this::parked));

        Dataset one = service.rounds.snapshot(project, line);
        Dataset two = service.rounds.snapshot(project, line);

        assertThat(two).isEqualTo(one);
        assertThat(one.trainingPairs() + one.holdoutPairs()).isEqualTo(PAIRS + 1);
        assertThat(one.holdoutPairs()).isPositive();
        Path folder = artifacts.resolve("datasets").resolve(one.id());
        String train = Files.readString(folder.resolve("train.jsonl"));
        String held = Files.readString(folder.resolve("holdout.jsonl"));
        assertThat(train.lines()).hasSize(one.trainingPairs());
        assertThat(held.lines()).hasSize(one.holdoutPairs());
        assertThat(train + held)
                .contains("\"rating_id\":\"" + id("r0") + "\"")
                .contains("\"rating_id\":\"" + id("r97") + "\"")
                .doesNotContain(
                        "\"rating_id\":\"" + id("r98") + "\"",
                        "\"rating_id\":\"" + id("r99") + "\"")
                .contains("\"chosen_ids\":[103,111,111,100,32,48]")
                .contains("\"rejected_ids\":[98,97,100,32,48]");
        assertThat(Files.readString(folder.resolve("manifest.json"))).contains(one.sha256());
        World.await("told", () -> !own(events, one).isEmpty());
        assertThat(own(events, one)).hasSize(1);
        assertThat(
                        own(events, one)
                                .getFirst()
                                .parse(DatasetEvent.parser())
                                .getSealed()
                                .getDataset()
                                .getSha256())
                .isEqualTo(one.sha256());
        StringBuilder export = new StringBuilder();
        service.datasets.export(one, false, export::append);
        assertThat(export.toString().lines())
                .hasSize(one.trainingPairs())
                .allMatch(row -> row.startsWith("{\"prompt\":"));
    }

    @Test
    void aPromotionIsCompleteWhenEveryReplicaServesItsEpoch() throws Exception {
        world.firstImport();
        World.await("first import served", () -> promoted(1));
        assertThat(service.releases.get(project, line).complete()).isFalse();

        replica("one", 1, LoadState.LOAD_STATE_WARM);
        World.await("complete", () -> service.releases.get(project, line).complete());
        replica("two", 1, LoadState.LOAD_STATE_LOADING);
        World.await("incomplete", () -> !service.releases.get(project, line).complete());
        assertThat(service.releases.get(project, line).warmReplicas()).containsExactly("one");
        replica("two", 1, LoadState.LOAD_STATE_WARM);
        World.await("complete", () -> service.releases.get(project, line).complete());
    }

    @Test
    void anImportWhosePackageIsNotWhatWasAnnouncedIsNotPromoted() throws Exception {
        world.publishPackage(base);
        world.announce(base, "f".repeat(64));
        World.await("known", () -> service.releases.candidate(line + "@import-1").isPresent());

        assertThat(service.releases.candidate(line + "@import-1").orElseThrow().reason())
                .contains("the job announced ffff");
        assertThatExceptionOfType(FailureException.class)
                .isThrownBy(() -> service.releases.get(project, line));

        world.announce(new ModelVersion(line, "lost"), "f".repeat(64));
        World.await("known", () -> service.releases.candidate(line + "@lost").isPresent());
        assertThat(service.releases.candidate(line + "@lost").orElseThrow().reason())
                .contains("not in the artifact store");
    }

    @Test
    void aSecondImportWaitsForAPerson() throws Exception {
        world.firstImport();
        World.await("first import served", () -> promoted(1));
        ModelVersion second = new ModelVersion(line, "import-2");
        world.announce(second, world.publishPackage(second));
        World.await("known", () -> service.releases.candidate(line + "@import-2").isPresent());

        assertThat(service.releases.get(project, line).line().epoch()).isEqualTo(1);
        assertThat(service.releases.candidate(line + "@import-2").orElseThrow().state())
                .isEqualTo(CandidateState.MEASURED);
    }

    @Test
    void whatCannotBeReadGoesToTheDeadLettersAndStopsNobody() throws Exception {
        for (Topic topic :
                List.of(Topic.COMPLETIONS, Topic.JOBS, Topic.JOB_EVENTS, Topic.REPLICAS)) {
            world.sendGarbage(topic);
        }
        world.completion("nul\u0000", "p", "x", base);
        world.completion(id("good"), "p", "x", base);
        World.await("the good one is taken", () -> completionKept(id("good")));
        DeadLetters letters = new DeadLetters(kafka);
        World.await("letters", () -> letters.list(Topic.COMPLETIONS).size() >= 2);

        assertThat(letters.list(Topic.COMPLETIONS))
                .extracting(DeadLetters.DeadLetter::reason)
                .anyMatch(reason -> reason.contains("completion_id has 4 characters"));
        // one letter from each consumer of the topic
        World.await("job letters", () -> letters.list(Topic.JOBS).size() == 3);
    }

    @Test
    void forgetsOldAnswersThatNobodyRated() throws Exception {
        for (String name : List.of("old", "old-rated", "young")) {
            world.completion(id(name), "p", "x", base);
        }
        service.ratings.record(
                id("r"), project, new Judgement.Thumb(id("old-rated"), true), "rita");
        World.await("all kept", () -> completionKept(id("young")) && completionKept(id("old")));
        service.database.useHandle(
                handle ->
                        handle.execute(
                                "update completion set finish_time = now() - interval '2 days'"
                                        + " where id like 'old%' and project = ?",
                                project));

        service.retention.forget();

        assertThat(completionKept(id("old"))).isFalse();
        assertThat(completionKept(id("old-rated"))).isTrue();
        assertThat(completionKept(id("young"))).isTrue();
    }

    private void policy(int minNewPairs) {
        service.policies.set(
                new Policy(
                        project,
                        line,
                        true,
                        minNewPairs,
                        0,
                        true,
                        0.25,
                        new JobSettings("{}", "{\"beta\":0.3}", "{}"),
                        GateLimits.DEFAULTS));
    }

    private void rate(int from, int to) {
        for (int i = from; i < to; i += 2) {
            service.ratings.record(id("r" + i), project, pair(i), "rita");
        }
        world.together(
                () -> {
                    for (int i = from; i < to; i++) {
                        world.completion(id("a" + i), "prompt " + i, "good " + i, base);
                        world.completion(id("b" + i), "prompt " + i, "bad " + i, base);
                    }
                });
        for (int i = from + 1; i < to; i += 2) {
            service.ratings.record(id("r" + i), project, pair(i), "rita");
        }
    }

    /// An id that no other test has.
    private String id(String name) {
        return name + "-" + project;
    }

    private Judgement pair(int i) {
        return new Judgement.Pair(
                id("a" + i), id("b" + i), PairVerdict.FIRST_BETTER, i % 2 == 0, "");
    }

    private void replica(String id, long epoch, LoadState state) {
        world.send(
                Topic.REPLICAS,
                id,
                ReplicaEvent.newBuilder()
                        .setReplicaChanged(
                                ReplicaState.newBuilder()
                                        .setReplica(id)
                                        .setTime(World.now())
                                        .addVersions(
                                                LoadedVersion.newBuilder()
                                                        .setProject(project)
                                                        .setReleaseLine(line)
                                                        .setReleaseEpoch(epoch)
                                                        .setModelName(base.name())
                                                        .setModelVersion(base.version())
                                                        .setState(state)))
                        .build());
    }

    private static List<EventRecord> own(List<EventRecord> events, Dataset dataset) {
        return events.stream().filter(event -> event.key().equals(dataset.id())).toList();
    }

    private boolean completionKept(String id) {
        return service.database.withHandle(
                handle ->
                        handle.createQuery("select count(*) from completion where id = :id")
                                        .bind("id", id)
                                        .mapTo(Integer.class)
                                        .one()
                                == 1);
    }

    private List<Rating> ratings() {
        return service.ratings.list(project, Page.Wanted.of(1000, "")).items();
    }

    private boolean parked(Rating rating) {
        return rating.state() == RatingState.PARKED;
    }

    private boolean promoted(long epoch) {
        return service.releases.list(project, OPERATOR).stream()
                .anyMatch(
                        found -> found.line().name().equals(line) && found.line().epoch() == epoch);
    }

    private Round round() {
        return service.rounds.newest(project, line).orElseThrow();
    }

    private @Nullable RoundState state() {
        return service.rounds.newest(project, line).map(Round::state).orElse(null);
    }

    private static ModelVersion rewardModel(Round round) {
        return java.util.Objects.requireNonNull(round.rewardModel());
    }

    private static ModelVersion promotedVersion(ReleaseLine now) {
        return java.util.Objects.requireNonNull(now.promoted()).model();
    }

    private static ModelVersion previous(ReleaseLine now) {
        Release previous = java.util.Objects.requireNonNull(now.previous());
        return previous.model();
    }

    private static Releases.Ask ask(String reason, long epoch) {
        return new Releases.Ask(reason, epoch, OPERATOR);
    }
}
