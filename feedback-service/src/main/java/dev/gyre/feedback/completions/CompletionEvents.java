package dev.gyre.feedback.completions;

import dev.gyre.artifacts.ModelVersion;
import dev.gyre.events.EventRecord;
import dev.gyre.events.PoisonedRecordException;
import dev.gyre.events.ProtoTime;
import dev.gyre.feedback.platform.Effect;
import dev.gyre.feedback.platform.Names;
import dev.gyre.feedback.ratings.Ratings;
import dev.gyre.proto.inference.v1.ChatMessage;
import dev.gyre.proto.inference.v1.CompletionEvent;
import dev.gyre.proto.inference.v1.CompletionFinished;
import dev.gyre.proto.inference.v1.Prompt;
import dev.gyre.proto.inference.v1.TokenLogprob;
import jakarta.inject.Singleton;
import org.jdbi.v3.core.Handle;

/// Takes completions from Kafka and wakes the ratings that were parked for them.
@Singleton
public final class CompletionEvents implements Effect {
    private final CompletionStore store;
    private final Ratings ratings;

    /// @param ratings told of each completion in the same transaction
    public CompletionEvents(CompletionStore store, Ratings ratings) {
        this.store = store;
        this.ratings = ratings;
    }

    @Override
    public void apply(Handle transaction, EventRecord record) {
        CompletionEvent event = record.parse(CompletionEvent.parser());
        if (!event.hasFinished()) {
            throw new PoisonedRecordException(
                    "the completion event is of a kind that this version does not know");
        }
        Completion completion = read(event.getFinished());
        Ratings.lock(transaction, completion.id());
        store.insert(transaction, completion);
        ratings.completionArrived(transaction, completion.id());
    }

    private static Completion read(CompletionFinished event) {
        if (event.getPromptTokenIdsCount() == 0) {
            throw new PoisonedRecordException(
                    "completion " + event.getCompletionId() + " has no prompt");
        }
        return new Completion(
                Names.id("completion_id", event.getCompletionId()),
                Names.id("project", event.getProject()),
                event.getReleaseLine(),
                new ModelVersion(event.getModelName(), event.getModelVersion()),
                event.getTokenizerSha256(),
                event.getVariant(),
                PromptHash.of(event.getPromptTokenIdsList()),
                event.getPromptTokenIdsList(),
                promptText(event.getPrompt()),
                event.getTokensList().stream().map(TokenLogprob::getTokenId).toList(),
                event.getText(),
                finishReason(event),
                ProtoTime.instant(event.getFinishTime()));
    }

    /// The prompt for people and text exports: as given; a conversation as `role: content` lines;
    /// nothing where the caller gave ids.
    private static String promptText(Prompt prompt) {
        return switch (prompt.getFormCase()) {
            case TEXT -> prompt.getText();
            case CHAT -> {
                StringBuilder lines = new StringBuilder();
                for (ChatMessage message : prompt.getChat().getMessagesList()) {
                    lines.append(message.getRole())
                            .append(": ")
                            .append(message.getContent())
                            .append('\n');
                }
                yield lines.toString();
            }
            case TOKEN_IDS, FORM_NOT_SET -> "";
        };
    }

    private static FinishReason finishReason(CompletionFinished event) {
        return switch (event.getFinishReason()) {
            case FINISH_REASON_STOP -> FinishReason.STOP;
            case FINISH_REASON_LENGTH -> FinishReason.LENGTH;
            case FINISH_REASON_CANCELLED -> FinishReason.CANCELLED;
            case FINISH_REASON_UNSPECIFIED, UNRECOGNIZED ->
                    throw new PoisonedRecordException(
                            "completion "
                                    + event.getCompletionId()
                                    + " has the unknown finish reason "
                                    + event.getFinishReasonValue());
        };
    }
}
