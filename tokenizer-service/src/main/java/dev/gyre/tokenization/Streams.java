package dev.gyre.tokenization;

import io.grpc.stub.StreamObserver;
import java.util.function.Supplier;

/// Ways of answering a call. What is refused ends it with the refusal.
final class Streams {
    private Streams() {}

    /// Answers with one message.
    static <T> void answer(StreamObserver<T> observer, Supplier<T> work) {
        T response;
        try {
            response = work.get();
        } catch (RuntimeException failure) {
            observer.onError(failure);
            return;
        }
        observer.onNext(response);
        observer.onCompleted();
    }

    /// Work that may be refused.
    interface Step {
        void run();
    }

    /// A call whose messages come one by one. After a refusal the rest is passed over.
    abstract static class Incoming<Q, A> implements StreamObserver<Q> {
        final StreamObserver<A> answer;
        private boolean refused;

        Incoming(StreamObserver<A> answer) {
            this.answer = answer;
        }

        /// Takes the next message.
        abstract void take(Q message);

        /// All messages have come.
        abstract void end();

        /// The call has ended otherwise than by [#end].
        ///
        /// @param reason why
        void abandon(String reason) {}

        @Override
        public final void onNext(Q message) {
            orRefuse(() -> take(message));
        }

        @Override
        public final void onCompleted() {
            orRefuse(this::end);
        }

        @Override
        public final void onError(Throwable cancelled) {
            abandon("the caller left before all had come");
        }

        private void orRefuse(Step step) {
            if (refused) {
                return;
            }
            try {
                step.run();
            } catch (RuntimeException failure) {
                refused = true;
                abandon(String.valueOf(failure.getMessage()));
                answer.onError(failure);
            }
        }
    }
}
