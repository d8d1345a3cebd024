package dev.gyre.feedback.console;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.gyre.access.FailureException;
import dev.gyre.proto.inference.v1.StreamGenerateResponse;
import io.grpc.Context;
import io.quarkus.logging.Log;
import io.smallrye.mutiny.subscription.MultiEmitter;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import java.util.function.Consumer;

/// An answer on its way to the browser: events `part`, each a
/// `gyre.inference.v1.StreamGenerateResponse` as protobuf JSON without its tokens, and where it
/// goes wrong one event `failure` with the message as plain text.
///
/// When the browser closes the connection, the gRPC calls that the answer comes from are cancelled.
final class AnswerStream {
    private static final JsonFormat.Printer PRINTER =
            JsonFormat.printer().omittingInsignificantWhitespace();

    private final MultiEmitter<? super OutboundSseEvent> events;
    private final Sse sse;
    private final boolean blind;

    /// @param events takes the events
    /// @param blind whether the answering version is kept back
    AnswerStream(MultiEmitter<? super OutboundSseEvent> events, Sse sse, boolean blind) {
        this.events = events;
        this.sse = sse;
        this.blind = blind;
    }

    /// Sends everything, on a virtual thread of its own.
    ///
    /// @param source gives the parts to its argument; its gRPC calls end with the connection
    void start(Consumer<Consumer<StreamGenerateResponse>> source) {
        Context.CancellableContext calls = Context.ROOT.withCancellation();
        events.onTermination(() -> calls.cancel(null));
        Thread.ofVirtual().name("answer").start(calls.wrap(() -> send(source)));
    }

    private void send(Consumer<Consumer<StreamGenerateResponse>> source) {
        try {
            source.accept(this::send);
        } catch (FailureException refused) {
            send("failure", refused.failure().message());
        } catch (RuntimeException defect) {
            Log.error("an answer could not be relayed", defect);
            send("failure", "internal error; the service's log has the details");
        }
        events.complete();
    }

    private void send(StreamGenerateResponse part) {
        StreamGenerateResponse.Builder shown = part.toBuilder().clearTokens().clearPromptTokenIds();
        if (blind) {
            shown.clearModelVersion();
        }
        try {
            send("part", PRINTER.print(shown));
        } catch (InvalidProtocolBufferException impossible) {
            throw new IllegalStateException("cannot print a part of an answer", impossible);
        }
    }

    private void send(String name, String data) {
        events.emit(sse.newEvent(name, data));
    }
}
