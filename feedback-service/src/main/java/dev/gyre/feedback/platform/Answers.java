package dev.gyre.feedback.platform;

import io.grpc.stub.StreamObserver;
import java.util.function.Supplier;

/// Gives a call its answer.
public final class Answers {
    private Answers() {}

    /// Sends one message, or what went wrong; the failure interceptor makes a status of that.
    public static <T> void one(StreamObserver<T> answer, Supplier<T> message) {
        T made;
        try {
            made = message.get();
        } catch (RuntimeException failure) {
            answer.onError(failure);
            return;
        }
        answer.onNext(made);
        answer.onCompleted();
    }
}
