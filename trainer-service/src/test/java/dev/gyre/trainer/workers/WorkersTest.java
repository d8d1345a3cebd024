package dev.gyre.trainer.workers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gyre.events.Topic;
import dev.gyre.proto.training.v1.JobEvent;
import dev.gyre.proto.training.v1.JobEvent.EventCase;
import dev.gyre.trainer.jobs.Job;
import dev.gyre.trainer.jobs.JobCommand;
import dev.gyre.trainer.jobs.JobState;
import dev.gyre.trainer.jobs.JobStore;
import dev.gyre.trainer.jobs.TestDatabase;
import dev.gyre.trainer.jobs.TestRequests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WorkersTest {
    @TempDir Path store;

    private TestDatabase database;
    private JobStore jobs;
    private @Nullable Workers workers;

    @BeforeEach
    void createDatabase() {
        database = TestDatabase.create();
        jobs = database.store();
    }

    @AfterEach
    void stopWorkers() {
        if (workers != null) {
            workers.stop();
        }
    }

    @Test
    void bringsAJobToItsEnd() throws IOException {
        Job job = submit("fast", 5);
        start();

        Job done = awaitEnd(job);

        assertThat(done.state())
                .isInstanceOfSatisfying(
                        JobState.Succeeded.class,
                        succeeded -> {
                            assertThat(succeeded.outcome().metrics())
                                    .containsEntry("eval_rewards/accuracies", 0.75);
                            assertThat(succeeded.outcome().metricsPath())
                                    .isEqualTo("jobs/" + job.id() + "/metrics.jsonl");
                        });
        assertThat(done.progress()).extracting("step").isEqualTo(5L);
        assertThat(Files.readAllLines(store.resolve("jobs/" + job.id() + "/metrics.jsonl")))
                .isEqualTo(metricLines(5));
        assertThat(candidates()).containsExactly(job.id() + "-1");
    }

    @Test
    void runsOneAtATime() {
        List<Job> three = IntStream.range(0, 3).mapToObj(_ -> submit("slow", 10)).toList();
        start();

        while (three.stream().anyMatch(job -> !find(job).state().ended())) {
            assertThat(three.stream().filter(job -> find(job).lease() != null).count())
                    .isLessThanOrEqualTo(1);
            TestWorkers.pause();
        }

        assertThat(three).allSatisfy(job -> assertThat(find(job).attempt()).isEqualTo(1));
    }

    @Test
    void resumesAfterAWorkerWasKilled() throws IOException {
        Job job = submit("dies-once", 20);
        start();

        Job done = awaitEnd(job);

        assertThat(done.state()).isInstanceOf(JobState.Succeeded.class);
        assertThat(done.attempt()).isEqualTo(2);
        assertThat(Files.readAllLines(store.resolve("jobs/" + job.id() + "/metrics.jsonl")))
                .isEqualTo(metricLines(20));
        assertThat(candidates()).containsExactly(job.id() + "-2");
    }

    @Test
    void givesUpAWorkerThatDiesAtTheSamePointAgainAndAgain() {
        Job job = submit("dies-always", 20);
        start();

        Job done = awaitEnd(job);

        assertThat(done.attempt()).isEqualTo(3);
        assertThat(error(done))
                .contains("3 attempts", "killed (signal 9)", "about to die at step 3");
        assertThat(candidates()).isEmpty();
    }

    @Test
    void tellsAWorkerWithoutMemoryFromABadJob() {
        Job job = submit("memory", 20);
        start();

        Job done = awaitEnd(job);

        assertThat(done.attempt()).isEqualTo(3);
        assertThat(error(done)).contains("out of heap memory", "filling the heap");
    }

    @Test
    void failsAtOnceWhenTheWorkerSaysThatTheInputIsBad() {
        Job job = submit("refuses", 20);
        start();

        Job done = awaitEnd(job);

        assertThat(done.attempt()).isEqualTo(1);
        assertThat(error(done)).isEqualTo("texts/refuses does not exist; put it there");
    }

    @Test
    void believesNoPackageThatIsNotThere() {
        Job job = submit("lies", 2);
        start();

        Job done = awaitEnd(job);

        assertThat(error(done)).contains("tiny@" + job.id() + "-1", "not in the artifact store");
        assertThat(candidates()).isEmpty();
    }

    @Test
    void endsTheWorkerOfACancelledJob() {
        Job job = submit("slow", 10_000);
        start();
        awaitProgress(job);
        ProcessHandle worker = onlyWorker();

        jobs.change(job.id(), new JobCommand.Cancel());

        TestWorkers.awaitDeath(worker);
        assertThat(find(job).state()).isInstanceOf(JobState.Cancelled.class);
        assertThat(find(job).attempt()).isEqualTo(1);
    }

    @Test
    void endsTheWorkerOfAnAttemptThatAnotherServiceTookOver() {
        Job job = submit("slow", 10_000);
        start();
        awaitProgress(job);
        ProcessHandle worker = onlyWorker();

        // what taking over and claiming leave behind, in one step, so that nobody comes between
        database.jdbi()
                .useHandle(
                        handle ->
                                handle.execute(
                                        """
                                        update job
                                        set attempt = 2, holder_place = 'elsewhere',
                                            lease_until = now() + interval '1 hour'
                                        where id = ?
                                        """,
                                        job.id()));

        TestWorkers.awaitDeath(worker);
        assertThat(find(job).lease())
                .extracting(lease -> lease.holder().place())
                .isEqualTo("elsewhere");
        assertThat(find(job).attempt()).isEqualTo(2);
    }

    @Test
    void letsTheWorkerCheckpointWhenTheServiceStops() throws IOException {
        Job job = submit("slow", 40);
        start();
        awaitProgress(job);

        stopWorkers();

        Job stopped = find(job);
        assertThat(stopped.state())
                .isInstanceOfSatisfying(
                        JobState.Checkpointed.class,
                        state -> assertThat(state.reason()).isEqualTo("the service stopped"));
        assertThat(stopped.crashes()).isZero();

        start();
        Job done = awaitEnd(job);
        assertThat(done.attempt()).isEqualTo(2);
        assertThat(Files.readAllLines(store.resolve("jobs/" + job.id() + "/metrics.jsonl")))
                .isEqualTo(metricLines(40));
    }

    @Test
    void killsAWorkerThatDoesNotListenWhenTheServiceStops() {
        Job job = submit("deaf", 10_000);
        start();
        awaitProgress(job);
        ProcessHandle worker = onlyWorker();

        stopWorkers();

        assertThat(worker.isAlive()).isFalse();
        assertThat(find(job).state()).isInstanceOf(JobState.Checkpointed.class);
    }

    @Test
    void resumesAfterTheServiceWasKilled() throws Exception {
        Job job = submit("slow", 60);
        Process service = startService();
        awaitProgress(job);
        ProcessHandle worker = service.descendants().reduce((_, last) -> last).orElseThrow();

        service.destroyForcibly().waitFor();

        TestWorkers.awaitDeath(worker);
        Instant killed = Instant.now();
        start();
        Job done = awaitEnd(job);
        assertThat(done.state()).isInstanceOf(JobState.Succeeded.class);
        assertThat(done.attempt()).isEqualTo(2);
        assertThat(done.losses()).isEqualTo(1);
        assertThat(Duration.between(killed, done.updateTime()))
                .as("a dead holder on the same machine is known without waiting for its lease")
                .isLessThan(Duration.ofSeconds(20));
        assertThat(Files.readAllLines(store.resolve("jobs/" + job.id() + "/metrics.jsonl")))
                .isEqualTo(metricLines(60));
    }

    @Test
    void keepsTheLeaseOfALongAttempt() {
        Job job = submit("slow", 60); // three seconds, with a lease of one
        workers = TestWorkers.fake(jobs, store, Map.of("gyre.worker.lease", "1s"));
        workers.start();

        Job done = awaitEnd(job);

        assertThat(done.state()).isInstanceOf(JobState.Succeeded.class);
        assertThat(done.attempt()).isEqualTo(1);
    }

    /// The service's part of these tests in a JVM of its own, to be killed.
    public static final class Service {
        /// @param args JDBC URL, user, password, artifact store
        public static void main(String[] args) throws Exception {
            var address = new dev.gyre.embedded.DatabaseAddress(args[0], args[1], args[2]);
            TestWorkers.fake(TestDatabase.at(address).store(), Path.of(args[3]), Map.of()).start();
            Thread.sleep(Duration.ofMinutes(5));
        }
    }

    private Process startService() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Service.class.getName(),
                        database.address().jdbcUrl(),
                        database.address().username(),
                        database.address().password(),
                        store.toString())
                .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private void start() {
        workers = TestWorkers.fake(jobs, store, Map.of());
        workers.start();
    }

    private Job submit(String text, int steps) {
        return jobs.submit(
                TestRequests.request(
                        UUID.randomUUID().toString(), TestRequests.pretrain(text, steps)));
    }

    private Job find(Job job) {
        return jobs.find(job.id()).orElseThrow();
    }

    private Job awaitEnd(Job job) {
        return TestWorkers.awaitEnd(jobs, job);
    }

    private Job awaitProgress(Job job) {
        return TestWorkers.await(jobs, job, now -> now.progress() != null);
    }

    private static ProcessHandle onlyWorker() {
        return TestWorkers.onlyWorker(FakeWorker.class.getName());
    }

    private List<String> candidates() {
        return database.outbox(Topic.JOB_EVENTS, JobEvent::parseFrom).stream()
                .filter(event -> event.getEventCase() == EventCase.CANDIDATE_PRODUCED)
                .map(event -> event.getCandidateProduced().getModel().getVersion())
                .toList();
    }

    private static String error(Job job) {
        assertThat(job.state()).isInstanceOf(JobState.Failed.class);
        return ((JobState.Failed) job.state()).error();
    }

    private static List<String> metricLines(int steps) {
        return IntStream.rangeClosed(1, steps).mapToObj(step -> "{\"step\":" + step + "}").toList();
    }
}
