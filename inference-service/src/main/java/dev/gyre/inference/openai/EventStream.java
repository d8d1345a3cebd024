package dev.gyre.inference.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gyre.access.FailureException;
import dev.gyre.inference.completions.Completion;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jboss.logging.Logger;

/// Sends an answer as server-sent events, each chunk as soon as it is there.
final class EventStream {
    private static final Logger LOG = Logger.getLogger(EventStream.class);
    private static final byte[] BEFORE = "data: ".getBytes(StandardCharsets.UTF_8);
    private static final byte[] AFTER = "\n\n".getBytes(StandardCharsets.UTF_8);
    private static final byte[] DONE = "[DONE]".getBytes(StandardCharsets.UTF_8);

    private final OutputStream out;
    private int generated;
    private boolean begun;

    EventStream(OutputStream out) {
        this.out = out;
    }

    /// Sends the whole answer and the end of the stream. A client that goes away ends it: the
    /// answer is cancelled and kept, and nobody is left to tell.
    void send(
            Completion completion, OpenAiRequest request, boolean chat, OpenAiResponses responses) {
        try {
            sendParts(completion, chat, responses);
            if (request.includeUsage()) {
                event(responses.usageChunk(generated));
            }
            event(DONE);
        } catch (UncheckedIOException e) {
            LOG.debugf("the client of %s is gone", completion.id());
        }
    }

    private void sendParts(Completion completion, boolean chat, OpenAiResponses responses) {
        try {
            completion.forEach(
                    part -> {
                        if (chat && !begun) {
                            event(responses.firstChunk());
                        }
                        event(responses.chunk(part, !begun));
                        begun = true;
                        generated += part.tokens().size();
                    });
        } catch (FailureException e) {
            // the status has been sent: the client's library raises this event as an error
            event(OpenAiErrors.body(e.failure()));
        }
    }

    private void event(ObjectNode json) {
        event(OpenAiResponses.bytes(json));
    }

    private void event(byte[] data) {
        try {
            out.write(BEFORE);
            out.write(data);
            out.write(AFTER);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("the client is gone", e);
        }
    }
}
