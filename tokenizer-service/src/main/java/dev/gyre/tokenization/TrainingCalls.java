package dev.gyre.tokenization;

import dev.gyre.access.FailureException;
import dev.gyre.access.Identity;
import dev.gyre.access.Role;
import dev.gyre.events.ProtoTime;
import dev.gyre.proto.tokenizer.v1.CancelTrainingRequest;
import dev.gyre.proto.tokenizer.v1.CancelTrainingResponse;
import dev.gyre.proto.tokenizer.v1.ListTrainingsResponse;
import dev.gyre.proto.tokenizer.v1.TrainRequest;
import dev.gyre.proto.tokenizer.v1.TrainResponse;
import dev.gyre.proto.tokenizer.v1.TrainingState;
import dev.gyre.proto.tokenizer.v1.WatchTrainingRequest;
import dev.gyre.proto.tokenizer.v1.WatchTrainingResponse;
import dev.gyre.tokenization.Training.Snapshot;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The calls that train tokenizers.
@Singleton
public class TrainingCalls {
    private static final long WATCH_MILLIS = 1000;

    private final Trainings trainings;

    TrainingCalls(Trainings trainings) {
        this.trainings = trainings;
    }

    StreamObserver<TrainRequest> train(Identity caller, StreamObserver<TrainResponse> answer) {
        return new TrainingCall(caller, answer);
    }

    /// One call of `Train`: the first message opens the training, the end of the messages begins to
    /// learn, and the training is followed to its end.
    private final class TrainingCall extends Streams.Incoming<TrainRequest, TrainResponse> {
        private final Identity caller;
        private @Nullable Training training;
        private boolean learning;

        TrainingCall(Identity caller, StreamObserver<TrainResponse> answer) {
            super(answer);
            this.caller = caller;
        }

        @Override
        void take(TrainRequest message) {
            if (training == null) {
                caller.checkRole(Role.OPERATOR, Role.SERVICE);
                training =
                        trainings.open(
                                TrainingRequests.settings(message),
                                message.getSettings().getName(),
                                caller.subject());
                send(training.snapshot());
            }
            training.add(message.getText());
        }

        @Override
        void end() {
            if (training == null) {
                throw FailureException.invalid(
                        "settings", "no message came; the first must carry settings");
            }
            training.learn();
            learning = true;
            follow(training, this::send, cancelled(answer));
            answer.onCompleted();
        }

        private void send(Snapshot snapshot) {
            answer.onNext(TrainResponse.newBuilder().setTraining(message(snapshot)).build());
        }

        @Override
        void abandon(String reason) {
            if (training != null && !learning) {
                training.end(Training.State.FAILED, reason);
            }
        }
    }

    private static BooleanSupplier cancelled(StreamObserver<?> answer) {
        return answer instanceof ServerCallStreamObserver<?> call ? call::isCancelled : () -> false;
    }

    /// Sends every state of a training until it has ended or the caller is gone.
    private static void follow(
            Training training, Consumer<Snapshot> send, BooleanSupplier cancelled) {
        Snapshot seen = training.snapshot();
        send.accept(seen);
        try {
            while (!seen.state().hasEnded() && !cancelled.getAsBoolean()) {
                Snapshot next = training.await(seen, WATCH_MILLIS);
                if (next != seen) {
                    send.accept(next);
                    seen = next;
                }
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw FailureException.unavailable("the service stops; try again");
        }
    }

    void watch(WatchTrainingRequest request, StreamObserver<WatchTrainingResponse> answer) {
        try {
            follow(
                    trainings.find(request.getId()),
                    snapshot ->
                            answer.onNext(
                                    WatchTrainingResponse.newBuilder()
                                            .setTraining(message(snapshot))
                                            .build()),
                    cancelled(answer));
        } catch (RuntimeException failure) {
            answer.onError(failure);
            return;
        }
        answer.onCompleted();
    }

    ListTrainingsResponse list() {
        return ListTrainingsResponse.newBuilder()
                .addAllTrainings(
                        trainings.list().stream()
                                .map(training -> message(training.snapshot()))
                                .toList())
                .build();
    }

    CancelTrainingResponse cancel(Identity caller, CancelTrainingRequest request) {
        caller.checkRole(Role.OPERATOR, Role.SERVICE);
        Training training = trainings.find(request.getId());
        training.end(Training.State.CANCELLED, "cancelled by " + caller.subject());
        return CancelTrainingResponse.newBuilder()
                .setTraining(message(training.snapshot()))
                .build();
    }

    private static dev.gyre.proto.tokenizer.v1.Training message(Snapshot snapshot) {
        dev.gyre.proto.tokenizer.v1.Training.Builder message =
                dev.gyre.proto.tokenizer.v1.Training.newBuilder()
                        .setId(snapshot.id())
                        .setName(snapshot.name())
                        .setSubject(snapshot.subject())
                        .setState(
                                TrainingState.valueOf("TRAINING_STATE_" + snapshot.state().name()))
                        .setStarted(ProtoTime.of(snapshot.started()))
                        .setTextBytes(snapshot.textBytes())
                        .setPhase(snapshot.step().phase().name().toLowerCase(Locale.ROOT))
                        .setDone(snapshot.step().done())
                        .setTotal(snapshot.step().total())
                        .setReason(snapshot.reason());
        Instant ended = snapshot.ended();
        if (ended != null) {
            message.setEnded(ProtoTime.of(ended));
        }
        Training.Outcome outcome = snapshot.outcome();
        if (outcome != null) {
            message.setTokenizer(Messages.tokenizer(outcome.place(), outcome.vocabularySize()))
                    .setLearned(outcome.report().learned())
                    .setDroppedPieces(outcome.report().droppedPieces());
        }
        return message.build();
    }
}
