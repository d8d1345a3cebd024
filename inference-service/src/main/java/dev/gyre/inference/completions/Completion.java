package dev.gyre.inference.completions;

import dev.gyre.inference.generate.FinishReason;
import dev.gyre.inference.generate.GeneratedToken;
import dev.gyre.inference.generate.Generation;
import dev.gyre.inference.generate.Part;
import dev.gyre.inference.generate.Sampling;
import dev.gyre.inference.models.Lease;
import dev.gyre.inference.models.ServedModel;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// An answer on its way to the caller.
///
/// Its event is safe before the last part is handed out. One thread takes the parts; any thread may
/// cancel.
public final class Completion {
    private final String id;
    private final String project;
    private final String subject;
    private final CompletionRequest request;
    private final Sampling sampling;
    private final int[] promptIds;
    private final Instant accepted;
    private final Lease lease;
    private final Generation generation;
    private final Consumer<Completion> keep;

    private final StringBuilder text = new StringBuilder();
    private final List<GeneratedToken> tokens = new ArrayList<>();
    private @Nullable FinishReason finish;

    /// @param keep makes the event safe; called once, before the last part is handed out
    Completion(
            String id,
            String project,
            String subject,
            CompletionRequest request,
            Sampling sampling,
            int[] promptIds,
            Instant accepted,
            Lease lease,
            Generation generation,
            Consumer<Completion> keep) {
        this.id = id;
        this.project = project;
        this.subject = subject;
        this.request = request;
        this.sampling = sampling;
        this.promptIds = promptIds;
        this.accepted = accepted;
        this.lease = lease;
        this.generation = generation;
        this.keep = keep;
    }

    /// What ratings point at.
    public String id() {
        return id;
    }

    /// The request.
    public CompletionRequest request() {
        return request;
    }

    /// How tokens are chosen, everything decided.
    public Sampling sampling() {
        return sampling;
    }

    /// Token ids of the prompt as the model read them. Not to be changed.
    public int[] promptIds() {
        return promptIds;
    }

    /// When the request was accepted.
    public Instant accepted() {
        return accepted;
    }

    /// The model that answers.
    public ServedModel model() {
        return lease.model();
    }

    /// Ends the answer early. Its parts still have to be taken.
    public void cancel() {
        generation.cancel();
    }

    /// Hands every part to `consumer`, waiting for them. When the consumer throws, the answer is
    /// cancelled and kept as far as it got.
    public void forEach(Consumer<Part> consumer) {
        try {
            while (finish == null) {
                hand(take(), consumer);
            }
        } finally {
            lease.close();
        }
    }

    private Part take() {
        Part part = generation.next();
        text.append(part.text());
        tokens.addAll(part.tokens());
        if (part.finish() != null) {
            finish = part.finish();
            keep.accept(this);
        }
        return part;
    }

    private void hand(Part part, Consumer<Part> consumer) {
        try {
            consumer.accept(part);
        } catch (RuntimeException e) {
            generation.cancel();
            while (finish == null) {
                take();
            }
            throw e;
        }
    }

    /// Waits for the whole answer.
    public Answer await() {
        forEach(_ -> {});
        return new Answer(text(), tokens(), finish());
    }

    String project() {
        return project;
    }

    String subject() {
        return subject;
    }

    Lease lease() {
        return lease;
    }

    String text() {
        return text.toString();
    }

    List<GeneratedToken> tokens() {
        return tokens;
    }

    FinishReason finish() {
        if (finish == null) {
            throw new IllegalStateException(id + " has not ended");
        }
        return finish;
    }
}
