package dev.gyre.feedback.console;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.gyre.access.FailureException;
import dev.gyre.proto.inference.v1.StreamGenerateResponse;
import jakarta.ws.rs.sse.Sse;
import jakarta.ws.rs.sse.SseEventSink;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;

/// An answer on its way to the browser: events `part`, each a
/// `gyre.inference.v1.StreamGenerateResponse` as protobuf JSON without its token ids, or one event
/// `failure` with the message.
final class AnswerStream implements AutoCloseable {
    private static final JsonFormat.Printer PRINTER =
            JsonFormat.printer().omittingInsignificantWhitespace();

    private final SseEventSink sink;
    private final Sse sse;
    private final boolean blind;

    /// @param blind whether the answering version is kept back
    AnswerStream(SseEventSink sink, Sse sse, boolean blind) {
        this.sink = sink;
        this.sse = sse;
        this.blind = blind;
    }

    /// Sends every part, and what goes wrong.
    ///
    /// @param source gives the parts to its argument
    void relay(Consumer<Consumer<StreamGenerateResponse>> source) {
        try {
            source.accept(this::part);
        } catch (FailureException refused) {
            send("failure", refused.failure().message());
        } catch (CancellationException gone) {
            // the browser is not there any more: nobody is left to tell
            return;
        }
    }

    private void part(StreamGenerateResponse part) {
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

    /// Sends an event and waits until it is written, so that a slow browser slows the generation
    /// and does not fill our memory.
    private void send(String name, String data) {
        if (sink.isClosed()) {
            throw new CancellationException("the browser is gone");
        }
        sink.send(sse.newEvent(name, data)).toCompletableFuture().join();
    }

    @Override
    public void close() {
        sink.close();
    }
}
