package dev.gyre.feedback.api;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import dev.gyre.access.AccessInterceptor;
import dev.gyre.access.FailureException;
import dev.gyre.access.Identity;
import io.grpc.stub.StreamObserver;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// One unary rpc of this process, called with JSON.
///
/// @param empty request without any field
/// @param call the gRPC door's method
record Rpc<Q extends Message, A extends Message>(Q empty, BiConsumer<Q, StreamObserver<A>> call) {
    private static final JsonFormat.Printer PRINTER =
            JsonFormat.printer()
                    .alwaysPrintFieldsWithNoPresence()
                    .omittingInsignificantWhitespace();

    /// Calls it.
    ///
    /// @param json request as protobuf JSON; empty: no field set
    /// @param caller verified caller
    /// @return answer as protobuf JSON, every field printed
    /// @throws FailureException when the request is not readable or refused
    String call(String json, Identity caller) {
        Q request = parse(json);
        Answer<A> answer = new Answer<>();
        AccessInterceptor.contextOf(caller).run(() -> call.accept(request, answer));
        try {
            return PRINTER.print(answer.get());
        } catch (InvalidProtocolBufferException impossible) {
            throw new IllegalStateException("cannot print an answer", impossible);
        }
    }

    // a message's builder builds messages of its own class
    @SuppressWarnings("unchecked")
    private Q parse(String json) {
        Message.Builder request = empty.newBuilderForType();
        try {
            JsonFormat.parser().merge(json.isBlank() ? "{}" : json, request);
        } catch (InvalidProtocolBufferException malformed) {
            throw FailureException.invalid(
                    "request",
                    "the request is no "
                            + empty.getDescriptorForType().getFullName()
                            + ": "
                            + malformed.getMessage());
        }
        return (Q) request.build();
    }

    /// Keeps what a unary rpc answers.
    private static final class Answer<A> implements StreamObserver<A> {
        private @Nullable A message;
        private @Nullable RuntimeException failure;

        @Override
        public void onNext(A next) {
            message = next;
        }

        @Override
        public void onError(Throwable thrown) {
            failure =
                    thrown instanceof RuntimeException exception
                            ? exception
                            : new IllegalStateException(thrown);
        }

        @Override
        public void onCompleted() {
            // the message is there already
        }

        A get() {
            if (failure != null) {
                throw failure;
            }
            if (message == null) {
                throw new IllegalStateException("the rpc ended without an answer");
            }
            return message;
        }
    }
}
