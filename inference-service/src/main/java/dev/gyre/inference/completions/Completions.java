package dev.gyre.inference.completions;

import dev.gyre.access.Failure;
import dev.gyre.access.FailureException;
import dev.gyre.access.Identity;
import dev.gyre.events.Event;
import dev.gyre.events.EventPublisher;
import dev.gyre.inference.generate.Generation;
import dev.gyre.inference.generate.Sampling;
import dev.gyre.inference.models.Lease;
import dev.gyre.inference.models.Models;
import dev.gyre.inference.models.ServedModel;
import dev.gyre.tokenizer.chat.ChatMessage;
import dev.gyre.tokenizer.chat.ChatTemplate;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/// Answers requests: model, prompt, generation, event.
public final class Completions implements AutoCloseable {
    /// Room that an event needs beside prompt and answer.
    private static final int EVENT_BYTES = 4096;

    /// What a token of the answer takes in an event: id, two log-probabilities, text.
    private static final int TOKEN_BYTES = 24;

    private static final int PROMPT_TOKEN_BYTES = 4;

    private final Models models;
    private final Clock clock;
    private final CompletionEvents events;
    private final CompletionSender sender;

    /// Opens the spool and begins to send what a former process left there.
    ///
    /// @param publisher takes the events to Kafka; not closed by this
    public Completions(
            Models models,
            CompletionsConfig config,
            EventPublisher publisher,
            MeterRegistry meters,
            Clock clock) {
        this.models = models;
        this.clock = clock;
        Path folder =
                config.spool()
                        .orElseGet(
                                () -> Path.of(System.getProperty("java.io.tmpdir"), "gyre-spool"));
        Spool spool = new Spool(folder, config.spoolLimit());
        Gauge.builder("gyre.completions.spool.bytes", spool, Spool::bytes).register(meters);
        events = new CompletionEvents(spool, clock);
        sender = new CompletionSender(spool, publisher, config.acknowledgeWithin());
    }

    /// Starts an answer. Its parts must then be taken with [Completion#forEach].
    ///
    /// @param caller who asks
    /// @param project the project it asks in; the caller belongs to it
    /// @throws FailureException when the request is refused, see [Failure]
    public Completion start(Identity caller, String project, CompletionRequest request) {
        Instant accepted = clock.instant();
        if (events.isFull()) {
            throw FailureException.unavailable(
                    "the spool of completion events is full (gyre.completions.spool-limit), Kafka"
                            + " does not take them; try again later");
        }
        Lease lease = models.lease(caller, project, request.model());
        try {
            ServedModel model = lease.model();
            int[] prompt = promptIds(request.prompt(), model);
            Sampling sampling = sampling(request, model, prompt.length);
            checkEventSize(request.prompt(), prompt.length, sampling, model);
            Generation generation = model.generate(prompt, sampling, request.topCount());
            return new Completion(
                    "cmpl-" + UUID.randomUUID().toString().replace("-", ""),
                    project,
                    caller.subject(),
                    request,
                    sampling,
                    prompt,
                    accepted,
                    lease,
                    generation,
                    this::keep);
        } catch (RuntimeException e) {
            lease.close();
            throw e;
        }
    }

    private void keep(Completion completion) {
        try {
            events.keep(completion);
        } catch (IllegalStateException e) {
            throw new FailureException(
                    new Failure.Unavailable("the answer could not be kept: " + e.getMessage()));
        }
    }

    private static int[] promptIds(PromptForm prompt, ServedModel model) {
        return switch (prompt) {
            case PromptForm.Text(String text) ->
                    model.tokenizer().frame(model.tokenizer().encode(text));
            case PromptForm.TokenIds(int[] ids) -> ids;
            case PromptForm.Chat(List<PromptForm.Turn> turns) -> {
                ChatTemplate template = model.chatTemplate();
                if (template == null) {
                    throw FailureException.invalid(
                            "messages",
                            model.version()
                                    + " has no chat template; send its prompt as plain text");
                }
                yield chatIds(template, turns);
            }
        };
    }

    private static int[] chatIds(ChatTemplate template, List<PromptForm.Turn> turns) {
        try {
            return template.encode(
                    turns.stream()
                            .map(turn -> new ChatMessage(turn.role(), turn.content()))
                            .toList(),
                    true);
        } catch (IllegalArgumentException e) {
            throw FailureException.invalid("messages", String.valueOf(e.getMessage()));
        }
    }

    private static Sampling sampling(CompletionRequest request, ServedModel model, int prompt) {
        try {
            Sampling sampling = request.sampling().decide(model.contextLength() - prompt);
            if (sampling.reproducible() && !model.reproducible()) {
                throw FailureException.invalid(
                        "reproducible",
                        "reproducible is true, this service does not run in reproducible mode;"
                                + " start it with gyre.generate.reproducible=true");
            }
            return sampling;
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            throw FailureException.invalid(message.substring(0, message.indexOf(' ')), message);
        }
    }

    private static void checkEventSize(
            PromptForm form, int promptTokens, Sampling sampling, ServedModel model) {
        int answerTokens =
                Math.min(sampling.maxTokens(), Math.max(0, model.contextLength() - promptTokens));
        long bytes =
                EVENT_BYTES
                        + form.bytes()
                        + (long) promptTokens * PROMPT_TOKEN_BYTES
                        + (long) answerTokens * TOKEN_BYTES;
        if (bytes > Event.MAX_BYTES) {
            throw FailureException.invalid(
                    "prompt",
                    String.format(
                            "prompt and answer would take %d bytes in the completion event, the limit"
                                    + " is %d; shorten the prompt or lower max_tokens",
                            bytes, Event.MAX_BYTES));
        }
    }

    /// Waits a while for Kafka to take what the spool holds, and stops.
    @Override
    public void close() {
        sender.close();
    }
}
