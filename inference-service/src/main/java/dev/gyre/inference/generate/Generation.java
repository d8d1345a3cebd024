package dev.gyre.inference.generate;

import dev.gyre.access.Failure;
import dev.gyre.access.FailureException;
import dev.gyre.tokenizer.StreamingDecoder;
import dev.gyre.tokenizer.Tokenizer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/// One answer that is being generated.
///
/// The caller's thread takes parts with [#next()]; the scheduler's thread makes them. Everything
/// that decides how the answer goes on, stop texts included, happens on the scheduler's thread,
/// token by token, so the answer does not depend on how fast the caller reads.
public final class Generation {
    private final int[] prompt;
    private final Sampling sampling;
    private final int topCount;
    private final Set<Integer> endTokens;
    private final Tokenizer tokenizer;
    private final StreamingDecoder decoder;
    private final StopTexts stops;
    private final History history;
    private final int mostTokens;

    private final BlockingQueue<Object> parts = new LinkedBlockingQueue<>();
    private final long submitted = System.nanoTime();
    private volatile boolean cancelled;

    // the scheduler's thread only
    private int read;
    private int generated;
    private int lastToken;
    private long lastTurn;
    private boolean ended;

    /// What to generate.
    ///
    /// @param prompt token ids, at least one
    /// @param sampling how to choose
    /// @param topCount likeliest tokens to report beside each, 0 to 20
    /// @param endTokens ids that end the answer
    /// @param tokenizer turns ids into text; special tokens give none
    public record Request(
            int[] prompt,
            Sampling sampling,
            int topCount,
            Set<Integer> endTokens,
            Tokenizer tokenizer) {}

    /// @param contextLength positions that prompt and answer have together
    Generation(Request request, int contextLength) {
        prompt = request.prompt();
        sampling = request.sampling();
        topCount = request.topCount();
        endTokens = request.endTokens();
        tokenizer = request.tokenizer();
        decoder = new StreamingDecoder(tokenizer, true);
        stops = new StopTexts(sampling.stop());
        history = new History(prompt);
        mostTokens = Math.min(sampling.maxTokens(), contextLength - prompt.length);
    }

    /// Waits for the next part. Not to be called after the last one.
    ///
    /// @throws FailureException [Failure.Unavailable] when the model failed or was closed
    public Part next() {
        try {
            Object next = parts.take();
            if (next instanceof Part part) {
                return part;
            }
            throw new FailureException((Failure) next);
        } catch (InterruptedException e) {
            cancel();
            Thread.currentThread().interrupt();
            throw FailureException.unavailable("the service is stopping; try again");
        }
    }

    /// Whether [#next()] would return at once.
    public boolean hasNext() {
        return !parts.isEmpty();
    }

    /// Ends the answer before the next step; its last part says so. Harmless when it has ended.
    public void cancel() {
        cancelled = true;
    }

    boolean isCancelled() {
        return cancelled;
    }

    boolean hasEnded() {
        return ended;
    }

    /// Whether the prompt has not been read whole.
    boolean isReading() {
        return read < prompt.length;
    }

    int[] prompt() {
        return prompt;
    }

    /// Tokens that the KV cache holds of it.
    int length() {
        return isReading() ? read : prompt.length + Math.max(0, generated - 1);
    }

    int lastToken() {
        return lastToken;
    }

    int promptTokensRead() {
        return read;
    }

    int generated() {
        return generated;
    }

    long submitted() {
        return submitted;
    }

    /// The scheduler's turn in which its prompt was read last.
    long lastTurn() {
        return lastTurn;
    }

    void promptReadTo(int tokens, long turn) {
        read = tokens;
        lastTurn = turn;
    }

    /// Chooses the token that follows, and ends the answer when it is the last one.
    ///
    /// @param logits [vocabulary], unnormalised
    void advance(float[] logits, Sampler sampler) {
        GeneratedToken token = sampler.next(logits, sampling, history, generated, topCount);
        generated++;
        lastToken = token.id();
        history.add(token.id());

        String text = stops.add(text(token.id()));
        FinishReason reason = reasonToEnd(token.id());
        if (reason == null) {
            parts.add(new Part(text, List.of(token), null));
        } else {
            end(text, List.of(token), reason);
        }
    }

    /// Ends the answer between two tokens because the caller went away.
    void endCancelled() {
        end("", List.of(), FinishReason.CANCELLED);
    }

    /// Ends the answer with a failure.
    void fail(Failure failure) {
        ended = true;
        parts.add(failure);
    }

    /// Models pad their vocabulary: an id beyond the tokenizer's gives no text.
    private String text(int token) {
        return token < tokenizer.vocabularySize() ? decoder.add(token) : "";
    }

    private @Nullable FinishReason reasonToEnd(int token) {
        if (stops.found() || (!sampling.ignoreEos() && endTokens.contains(token))) {
            return FinishReason.STOP;
        }
        return generated >= mostTokens ? FinishReason.LENGTH : null;
    }

    private void end(String text, List<GeneratedToken> tokens, FinishReason reason) {
        ended = true;
        String rest = stops.add(decoder.finish());
        parts.add(new Part(text + rest + stops.end(), tokens, reason));
    }
}
