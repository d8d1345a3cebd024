package dev.gyre.trainer.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gyre.access.Failure;
import dev.gyre.access.FailureException;
import dev.gyre.artifacts.ModelVersion;
import dev.gyre.events.Topic;
import dev.gyre.proto.training.v1.JobEvent;
import dev.gyre.proto.training.v1.JobStateEvent;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class JobStoreTest {
    private static final Lease.Holder HERE = new Lease.Holder("here", 1, 10);
    private static final Lease.Holder THERE = new Lease.Holder("there", 2, 20);

    private TestDatabase database;
    private JobStore jobs;

    @BeforeEach
    void createDatabase() {
        database = TestDatabase.create();
        jobs = database.store();
    }

    @Test
    void keepsEveryPartOfAJob() {
        Job submitted = jobs.submit(request("a"));
        Job claimed = jobs.claim(lease(HERE)).orElseThrow();
        var progress = new Progress("training", 7, 10, Double.NaN, 12.5, 3.25, "a sample");
        change(claimed, new JobCommand.Report(1, progress));
        var outcome =
                new JobOutcome(
                        new ModelVersion("tiny", claimed.id() + "-1"),
                        "a".repeat(64),
                        Map.of("loss", 0.1 + 0.2, "worst", Double.POSITIVE_INFINITY),
                        "jobs/x/metrics.jsonl");
        Job done = change(claimed, new JobCommand.Succeed(1, outcome));

        Job read = jobs.find(submitted.id()).orElseThrow();

        assertThat(read).isEqualTo(done);
        assertThat(read.state()).isEqualTo(new JobState.Succeeded(outcome));
        assertThat(read.progress()).isEqualTo(progress);
        assertThat(read.mark()).isEqualTo(new HighWaterMark(List.of("training"), 7));
    }

    @Test
    void makesOneJobOfManyConcurrentRequestsWithTheSameId() throws Exception {
        List<Job> made = concurrently(8, () -> jobs.submit(request("same")));

        assertThat(new HashSet<>(made)).hasSize(1);
        assertThat(jobs.newest(List.of(), null, 10)).hasSize(1);
        assertThat(database.outbox(Topic.JOBS, JobStateEvent::parseFrom)).hasSize(1);
    }

    @Test
    void refusesOtherWorkUnderTheSameRequestId() {
        jobs.submit(request("a"));

        assertThatThrownBy(
                        () ->
                                jobs.submit(
                                        TestRequests.request(
                                                "a", TestRequests.pretrain("fast", 4))))
                .isInstanceOfSatisfying(
                        FailureException.class,
                        refused ->
                                assertThat(refused.failure()).isInstanceOf(Failure.Conflict.class))
                .hasMessageContaining("request id 'a'");
        assertThat(jobs.newest(List.of(), null, 10)).hasSize(1);
    }

    @Test
    void givesEachJobToOneOfManyClaimants() throws Exception {
        for (int i = 0; i < 20; i++) {
            jobs.submit(request("r" + i));
        }

        List<List<String>> claimed =
                concurrently(
                        6,
                        () -> {
                            List<String> mine = new ArrayList<>();
                            for (int i = 0; i < 20; i++) {
                                jobs.claim(lease(HERE)).ifPresent(job -> mine.add(job.id()));
                            }
                            return mine;
                        });

        assertThat(claimed.stream().flatMap(List::stream).toList())
                .hasSize(20)
                .doesNotHaveDuplicates();
    }

    @Test
    void claimsTheOldestFirstAndAResumedJobBeforeYoungerOnes() {
        Job first = jobs.submit(request("first"));
        jobs.submit(request("second"));
        jobs.claim(lease(HERE));
        change(first, new JobCommand.Stop(1, "stopped"));

        Job next = jobs.claim(lease(HERE)).orElseThrow();

        assertThat(next.id()).isEqualTo(first.id());
        assertThat(next.attempt()).isEqualTo(2);
    }

    @Test
    void letsAStaleAttemptChangeAndTellNothing() {
        jobs.submit(request("a"));
        Job first = jobs.claim(lease(HERE)).orElseThrow();
        jobs.takeOver(HERE::equals);
        Job second = jobs.claim(lease(THERE)).orElseThrow();
        int told = events();

        for (JobCommand late :
                List.of(
                        new JobCommand.Report(1, new Progress("x", 1, 0, 0, 0, 0, "")),
                        new JobCommand.Renew(1, Instant.now().plusSeconds(60)),
                        new JobCommand.Succeed(
                                1,
                                new JobOutcome(
                                        new ModelVersion("tiny", first.id() + "-1"),
                                        "a".repeat(64),
                                        Map.of(),
                                        "")),
                        new JobCommand.Crash(1, "late", ""))) {
            assertThat(jobs.change(first.id(), late)).get().isInstanceOf(Decision.Stale.class);
        }

        assertThat(jobs.find(first.id())).contains(second);
        assertThat(events()).isEqualTo(told);
    }

    @Test
    void takesOverOnlyWhatRanOutOrIsKnownToBeDead() {
        Instant now = Instant.parse("2026-11-23T10:00:00Z");
        JobStore then = database.store(Clock.fixed(now, ZoneOffset.UTC));
        for (String id : List.of("alive", "dead", "silent")) {
            then.submit(request(id));
        }
        Job alive = then.claim(new Lease(HERE, now.plusSeconds(30))).orElseThrow();
        Job dead = then.claim(new Lease(THERE, now.plusSeconds(30))).orElseThrow();
        Job silent = then.claim(new Lease(HERE, now.plusSeconds(10))).orElseThrow();

        List<Job> freed =
                database.store(Clock.fixed(now.plusSeconds(10), ZoneOffset.UTC))
                        .takeOver(THERE::equals);

        assertThat(freed).extracting(Job::id).containsExactlyInAnyOrder(dead.id(), silent.id());
        assertThat(freed).allSatisfy(job -> assertThat(job.lease()).isNull());
        assertThat(then.find(alive.id())).contains(alive);
    }

    @Test
    void listsPagesNewestFirst() {
        List<String> ids =
                IntStream.range(0, 7).mapToObj(i -> jobs.submit(request("r" + i)).id()).toList();

        List<String> listed = new ArrayList<>();
        String token = "";
        do {
            List<Job> page = jobs.newest(List.of("default"), PageTokens.read(token), 3);
            page.forEach(job -> listed.add(job.id()));
            token =
                    page.size() < 3
                            ? ""
                            : PageTokens.write(
                                    new JobStore.Place(
                                            page.getLast().createTime(), page.getLast().id()));
        } while (!token.isEmpty());

        assertThat(listed).isEqualTo(ids.reversed());
        assertThat(jobs.newest(List.of("another"), null, 10)).isEmpty();
    }

    @Test
    void tellsTheChangesInTheirOrder() {
        Job job = jobs.submit(request("a"));
        jobs.claim(lease(HERE));
        change(job, new JobCommand.Report(1, new Progress("training", 1, 0, 0, 0, 0, "")));
        change(
                job,
                new JobCommand.Succeed(
                        1,
                        new JobOutcome(
                                new ModelVersion("tiny", job.id() + "-1"),
                                "b".repeat(64),
                                Map.of(),
                                "")));

        assertThat(database.outbox(Topic.JOBS, JobStateEvent::parseFrom))
                .extracting(event -> event.getJobChanged().getState().name())
                .containsExactly("JOB_STATE_QUEUED", "JOB_STATE_RUNNING", "JOB_STATE_SUCCEEDED");
        assertThat(database.outbox(Topic.JOB_EVENTS, JobEvent::parseFrom))
                .extracting(event -> event.getEventCase().name())
                .containsExactly("PROGRESSED", "CANDIDATE_PRODUCED");
    }

    private int events() {
        return database.outbox(Topic.JOBS, JobStateEvent::parseFrom).size()
                + database.outbox(Topic.JOB_EVENTS, JobEvent::parseFrom).size();
    }

    private Job change(Job job, JobCommand command) {
        return ((Decision.Changed) jobs.change(job.id(), command).orElseThrow()).job();
    }

    private static JobRequest request(String id) {
        return TestRequests.request(id, TestRequests.pretrain("fast", 3));
    }

    private static Lease lease(Lease.Holder holder) {
        return new Lease(holder, Instant.parse("2030-01-01T00:00:00Z"));
    }

    private static <T> List<T> concurrently(int threads, Callable<T> work) throws Exception {
        var barrier = new CyclicBarrier(threads);
        try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
            List<Future<T>> futures =
                    IntStream.range(0, threads)
                            .mapToObj(
                                    _ ->
                                            executor.submit(
                                                    () -> {
                                                        barrier.await();
                                                        return work.call();
                                                    }))
                            .toList();
            List<T> results = new ArrayList<>();
            for (Future<T> future : futures) {
                results.add(future.get());
            }
            return results;
        }
    }
}
