package dev.gyre.tokenization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.gyre.access.FailureException;
import dev.gyre.artifacts.ArtifactStore;
import dev.gyre.proto.tokenizer.v1.TrainSettings;
import dev.gyre.proto.tokenizer.v1.Training;
import dev.gyre.proto.tokenizer.v1.TrainingRecord;
import dev.gyre.proto.tokenizer.v1.TrainingState;
import dev.gyre.tokenization.TrainingStore.Attempt;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Several replicas over one artifact store. One that is no longer called is dead to the others.
@Timeout(60)
class TrainingsTest {
    private static final ByteString LINE =
            ByteString.copyFromUtf8("low lower lowest new newer newest größer\n");
    private static final int LINES = 30;

    @TempDir Path folder;

    private ArtifactStore artifacts;
    private TrainingStore store;
    private TokenizerStore tokenizers;

    /// What a replica learned is stored once this is open.
    private final CountDownLatch gate = new CountDownLatch(1);

    /// A replica waits for that.
    private final CountDownLatch waiting = new CountDownLatch(1);

    @BeforeEach
    void open() throws Exception {
        artifacts = ArtifactStore.open(folder.toString());
        store = new TrainingStore(artifacts);
        tokenizers = new TokenizerStore(artifacts, 4, Clock.systemUTC());
    }

    private Trainings replica() {
        return replica(this::save);
    }

    /// Never gets to the end, as if it were killed just before.
    private Trainings stuckReplica() {
        return replica(
                (name, trained, subject, made) -> {
                    waiting.countDown();
                    try {
                        gate.await();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                    return save(name, trained, subject, made);
                });
    }

    private dev.gyre.proto.tokenizer.v1.Tokenizer save(
            String name,
            dev.gyre.tokenizer.training.TrainedTokenizer trained,
            String subject,
            java.time.Instant made) {
        return Messages.tokenizer(
                tokenizers.save(name, trained, subject, made),
                trained.tokenizer().vocabularySize());
    }

    private Trainings replica(TrainingRun.Keeper keeper) {
        return new Trainings(store, tokenizers, new Limits(), Clock.systemUTC(), keeper);
    }

    private static TrainSettings settings(String name) {
        return TrainSettings.newBuilder().setName(name).setVocabularySize(280).build();
    }

    private static TrainingRun learning(Trainings replica, String name) {
        TrainingRun run = replica.open(settings(name), "olga");
        for (int line = 0; line < LINES; line++) {
            run.add(LINE);
        }
        run.learn();
        return run;
    }

    private static Training ended(Trainings replica, String id) throws Exception {
        Training seen = replica.find(id);
        while (!TrainingStore.hasEnded(seen)) {
            seen = replica.await(seen, 100);
        }
        // keeps the end, if the run itself has not yet: nothing is written after this
        replica.beat();
        return seen;
    }

    @Test
    void anotherReplicaGoesOnAndNothingIsStoredTwice() throws Exception {
        Training calm = ended(replica(), learning(replica(), "calm").id());
        TrainingRun lost = learning(stuckReplica(), "lost");
        waiting.await();
        Trainings other = replica();

        other.review();
        assertThat(other.find(lost.id()).getState())
                .isEqualTo(TrainingState.TRAINING_STATE_LEARNING);
        assertThat(store.newest(lost.id())).isEqualTo(1);
        other.review();
        Training ended = ended(other, lost.id());

        assertThat(ended.getState()).isEqualTo(TrainingState.TRAINING_STATE_SUCCEEDED);
        assertThat(ended.getSubject()).isEqualTo("olga");
        assertThat(ended.getTextBytes()).isEqualTo(LINES * LINE.size());
        assertThat(ended.getTokenizer().getSha256()).isEqualTo(calm.getTokenizer().getSha256());
        assertThat(store.newest(lost.id())).isEqualTo(2);

        gate.countDown(); // it was not dead, after all
        while (!lost.isOver()) {
            Thread.sleep(10);
        }
        assertThat(artifacts.folders("tokenizers/lost"))
                .containsExactly(ended.getTokenizer().getVersion());
        assertThat(replica().find(lost.id())).isEqualTo(ended);
    }

    @Test
    void aReplicaThatGivesSignsOfLifeKeepsItsTraining() throws Exception {
        Trainings busy = stuckReplica();
        TrainingRun run = learning(busy, "busy");
        Trainings other = replica();

        for (int turn = 0; turn < 5; turn++) {
            busy.beat();
            other.review();
        }

        assertThat(store.newest(run.id())).isEqualTo(1);
        gate.countDown();
        assertThat(ended(other, run.id()).getState())
                .isEqualTo(TrainingState.TRAINING_STATE_SUCCEEDED);
    }

    @Test
    void aReplicaThatEndsInOrderHandsItsTrainingOverAtOnce() throws Exception {
        Trainings ending = stuckReplica();
        TrainingRun run = learning(ending, "handed-over");
        Trainings other = replica();

        ending.close();
        other.review();

        assertThat(ended(other, run.id()).getState())
                .isEqualTo(TrainingState.TRAINING_STATE_SUCCEEDED);
        assertThat(store.find(run.id()).record().getLosses()).isZero();
    }

    @Test
    void whatWasStillReadWhenItsReplicaEndedHasFailed() throws Exception {
        Trainings first = replica();
        TrainingRun lost = first.open(settings("half"), "olga");
        lost.add(LINE);
        Trainings other = replica();

        other.review();
        other.review();

        assertThat(other.find(lost.id()).getState()).isEqualTo(TrainingState.TRAINING_STATE_FAILED);
        assertThat(other.find(lost.id()).getReason()).contains("start again");
        first.beat();
        assertThatThrownBy(() -> lost.add(LINE))
                .isInstanceOf(FailureException.class)
                .hasMessageContaining("start again");
        assertThat(first.find(lost.id()).getState()).isEqualTo(TrainingState.TRAINING_STATE_FAILED);
    }

    @Test
    void isCancelledFromAnyReplica() throws Exception {
        Trainings working = stuckReplica();
        TrainingRun run = learning(working, "unwanted");
        Trainings other = replica();

        other.cancel(run.id(), "oscar");
        working.beat();

        assertThat(other.find(run.id()).getState())
                .isEqualTo(TrainingState.TRAINING_STATE_CANCELLED);
        assertThat(other.find(run.id()).getReason()).isEqualTo("cancelled by oscar");
    }

    @Test
    void isCancelledAlsoWhenItsReplicaIsDead() throws Exception {
        TrainingRun run = learning(stuckReplica(), "unwanted");
        Trainings other = replica();

        other.cancel(run.id(), "oscar");
        other.review();
        other.review();

        assertThat(other.find(run.id()).getState())
                .isEqualTo(TrainingState.TRAINING_STATE_CANCELLED);
    }

    @Test
    void aTrainingThatKillsItsReplicasIsGivenUp() throws Exception {
        Training training =
                Training.newBuilder()
                        .setId("heavy")
                        .setState(TrainingState.TRAINING_STATE_LEARNING)
                        .build();
        store.begin(
                new Attempt(
                        "heavy",
                        3,
                        TrainingRecord.newBuilder()
                                .setTraining(training)
                                .setSettings(settings("heavy"))
                                .setLosses(2)
                                .build()));
        Trainings replica = replica();

        replica.review();
        replica.review();

        assertThat(replica.find("heavy").getState()).isEqualTo(TrainingState.TRAINING_STATE_FAILED);
        assertThat(replica.find("heavy").getReason()).contains("3 times").contains("memory");
    }

    @Test
    void anEndIsNewsUntilItWasTold() throws Exception {
        Trainings before = replica();
        Training ended = ended(before, learning(before, "told").id());
        before.beat();
        Trainings afterRestart = replica();

        afterRestart.review();
        assertThat(afterRestart.news()).containsExactly(ended);
        assertThat(artifacts.list("trainings/" + ended.getId() + "/text")).isNotEmpty();
        afterRestart.told(ended);
        afterRestart.review();

        assertThat(afterRestart.news()).isEmpty();
        assertThat(artifacts.list("trainings/" + ended.getId() + "/text")).isEmpty();
        assertThat(replica().list()).containsExactly(ended);
    }

    @Test
    void remembersTheNewestHundred() throws Exception {
        for (int number = 0; number < 103; number++) {
            String id = "t" + number;
            Training training =
                    Training.newBuilder()
                            .setId(id)
                            .setState(TrainingState.TRAINING_STATE_FAILED)
                            .setStarted(Timestamp.newBuilder().setSeconds(1000 + number))
                            .build();
            store.begin(
                    new Attempt(id, 1, TrainingRecord.newBuilder().setTraining(training).build()));
            store.markTold(id);
        }
        Trainings replica = replica();

        replica.review();

        List<Training> list = replica.list();
        assertThat(list).hasSize(100);
        assertThat(list.getFirst().getId()).isEqualTo("t102");
        assertThat(list.getLast().getId()).isEqualTo("t3");
    }

    @Test
    void thereIsNoTrainingOfAStrangeId() {
        for (String id : List.of("", "../x", "t1", "a/b")) {
            assertThatThrownBy(() -> replica().find(id)).hasMessageContaining("ListTrainings");
        }
    }

    private record Limits() implements LimitsConfig {
        @Override
        public int loadedTokenizers() {
            return 4;
        }

        @Override
        public int concurrentRequests() {
            return 2;
        }

        @Override
        public Duration queueTimeout() {
            return Duration.ofSeconds(1);
        }

        @Override
        public long maxTrainingTextBytes() {
            return 1 << 20;
        }

        @Override
        public long trainingMemoryBytes() {
            return 1 << 20;
        }

        @Override
        public Duration trainingIdleTimeout() {
            return Duration.ofSeconds(30);
        }

        @Override
        public Duration trainingTakeover() {
            return Duration.ZERO;
        }
    }
}
