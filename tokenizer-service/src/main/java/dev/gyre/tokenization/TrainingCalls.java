package dev.gyre.tokenization;

import dev.gyre.access.FailureException;
import dev.gyre.access.Identity;
import dev.gyre.access.Role;
import dev.gyre.proto.tokenizer.v1.CancelTrainingRequest;
import dev.gyre.proto.tokenizer.v1.CancelTrainingResponse;
import dev.gyre.proto.tokenizer.v1.ListTrainingsResponse;
import dev.gyre.proto.tokenizer.v1.TrainRequest;
import dev.gyre.proto.tokenizer.v1.TrainResponse;
import dev.gyre.proto.tokenizer.v1.Training;
import dev.gyre.proto.tokenizer.v1.TrainingState;
import dev.gyre.proto.tokenizer.v1.WatchTrainingRequest;
import dev.gyre.proto.tokenizer.v1.WatchTrainingResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import jakarta.inject.Singleton;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The calls that train tokenizers.
@Singleton
public class TrainingCalls {
    private static final long WATCH_MILLIS = 1000;

    private final Trainings trainings;

    TrainingCalls(TrainingLifecycle lifecycle) {
        this.trainings = lifecycle.trainings();
    }

    StreamObserver<TrainRequest> train(Identity caller, StreamObserver<TrainResponse> answer) {
        return new TrainingCall(caller, answer);
    }

    /// One call of `Train`: the first message opens the training, the end of the messages begins to
    /// learn, and the training is followed to its end.
    private final class TrainingCall extends Streams.Incoming<TrainRequest, TrainResponse> {
        private final Identity caller;
        private @Nullable TrainingRun run;
        private boolean learning;

        TrainingCall(Identity caller, StreamObserver<TrainResponse> answer) {
            super(answer);
            this.caller = caller;
        }

        @Override
        void take(TrainRequest message) {
            if (run == null) {
                caller.checkRole(Role.OPERATOR, Role.SERVICE);
                if (!message.hasSettings()) {
                    throw FailureException.invalid(
                            "settings", "settings are missing in the first message");
                }
                run = trainings.open(message.getSettings(), caller.subject());
                send(run.snapshot());
            }
            run.add(message.getTextBytes());
        }

        @Override
        void end() {
            if (run == null) {
                throw FailureException.invalid(
                        "settings", "no message came; the first must carry settings");
            }
            run.learn();
            learning = true;
            follow(run.snapshot(), this::send, cancelled(answer));
            answer.onCompleted();
        }

        private void send(Training training) {
            answer.onNext(TrainResponse.newBuilder().setTraining(training).build());
        }

        @Override
        void abandon(String reason) {
            if (run != null && !learning) {
                run.end(TrainingState.TRAINING_STATE_FAILED, reason);
            }
        }
    }

    private static BooleanSupplier cancelled(StreamObserver<?> answer) {
        return answer instanceof ServerCallStreamObserver<?> call ? call::isCancelled : () -> false;
    }

    /// Sends every state of a training until it has ended or the caller is gone.
    private void follow(Training first, Consumer<Training> send, BooleanSupplier cancelled) {
        Training seen = first;
        send.accept(seen);
        try {
            while (!TrainingStore.hasEnded(seen) && !cancelled.getAsBoolean()) {
                Training next = trainings.await(seen, WATCH_MILLIS);
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
                    training ->
                            answer.onNext(
                                    WatchTrainingResponse.newBuilder()
                                            .setTraining(training)
                                            .build()),
                    cancelled(answer));
        } catch (RuntimeException failure) {
            answer.onError(failure);
            return;
        }
        answer.onCompleted();
    }

    ListTrainingsResponse list() {
        return ListTrainingsResponse.newBuilder().addAllTrainings(trainings.list()).build();
    }

    CancelTrainingResponse cancel(Identity caller, CancelTrainingRequest request) {
        caller.checkRole(Role.OPERATOR, Role.SERVICE);
        return CancelTrainingResponse.newBuilder()
                .setTraining(trainings.cancel(request.getId(), caller.subject()))
                .build();
    }
}
