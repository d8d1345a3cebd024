package dev.gyre.inference.completions;

import dev.gyre.events.Event;
import dev.gyre.events.ProtoTime;
import dev.gyre.inference.generate.GeneratedToken;
import dev.gyre.inference.generate.Sampling;
import dev.gyre.inference.models.ServedModel;
import dev.gyre.proto.inference.v1.Chat;
import dev.gyre.proto.inference.v1.ChatMessage;
import dev.gyre.proto.inference.v1.CompletionEvent;
import dev.gyre.proto.inference.v1.CompletionFinished;
import dev.gyre.proto.inference.v1.FinishReason;
import dev.gyre.proto.inference.v1.Prompt;
import dev.gyre.proto.inference.v1.SamplingParameters;
import dev.gyre.proto.inference.v1.TokenIds;
import dev.gyre.proto.inference.v1.TokenLogprob;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;

/// Writes `gyre.inference.completions.v1`: every answer that ended, through the spool.
final class CompletionEvents {
    private final Spool spool;
    private final Clock clock;

    CompletionEvents(Spool spool, Clock clock) {
        this.spool = spool;
        this.clock = clock;
    }

    /// Whether events can be kept.
    boolean isFull() {
        return spool.isFull();
    }

    /// Makes the event of an ended answer safe: returns when it is on disk.
    ///
    /// @throws IllegalStateException when it could not be
    void keep(Completion completion) {
        byte[] event =
                CompletionEvent.newBuilder()
                        .setFinished(finished(completion))
                        .build()
                        .toByteArray();
        if (event.length > Event.MAX_BYTES) {
            throw new IllegalStateException(
                    String.format(
                            "the event of %s has %d bytes, the limit is %d",
                            completion.id(), event.length, Event.MAX_BYTES));
        }
        spool.append(event);
    }

    private CompletionFinished finished(Completion completion) {
        ServedModel model = completion.model();
        CompletionFinished.Builder finished =
                CompletionFinished.newBuilder()
                        .setCompletionId(completion.id())
                        .setProject(completion.project())
                        .setSubject(completion.subject())
                        .setReleaseLine(completion.lease().releaseLine())
                        .setReleaseEpoch(completion.lease().releaseEpoch())
                        .setModelName(model.version().name())
                        .setModelVersion(model.version().version())
                        .setManifestSha256(model.manifestSha256())
                        .setTokenizerSha256(model.tokenizerSha256())
                        .setVariant(model.variant())
                        .addAllPromptTokenIds(ids(completion.promptIds()))
                        .setPrompt(prompt(completion.request().prompt()))
                        .setText(completion.text())
                        .setSampling(sampling(completion.sampling()))
                        .setFinishReason(reason(completion.finish()))
                        .setAcceptTime(ProtoTime.of(completion.accepted()))
                        .setFinishTime(ProtoTime.of(clock.instant()));
        for (GeneratedToken token : completion.tokens()) {
            finished.addTokens(
                    TokenLogprob.newBuilder()
                            .setTokenId(token.id())
                            .setLogprob(token.logprob())
                            .setSamplerLogprob(token.samplerLogprob()));
        }
        return finished.build();
    }

    private static Prompt prompt(PromptForm prompt) {
        return switch (prompt) {
            case PromptForm.Text(String text) -> Prompt.newBuilder().setText(text).build();
            case PromptForm.TokenIds(int[] ids) ->
                    Prompt.newBuilder()
                            .setTokenIds(TokenIds.newBuilder().addAllIds(ids(ids)))
                            .build();
            case PromptForm.Chat(List<PromptForm.Turn> turns) -> {
                Chat.Builder chat = Chat.newBuilder();
                for (PromptForm.Turn turn : turns) {
                    chat.addMessages(
                            ChatMessage.newBuilder()
                                    .setRole(turn.role())
                                    .setContent(turn.content()));
                }
                yield Prompt.newBuilder().setChat(chat).build();
            }
        };
    }

    private static SamplingParameters sampling(Sampling sampling) {
        return SamplingParameters.newBuilder()
                .setTemperature(sampling.temperature())
                .setTopK(sampling.topK())
                .setTopP(sampling.topP())
                .setPresencePenalty(sampling.presencePenalty())
                .setFrequencyPenalty(sampling.frequencyPenalty())
                .setRepetitionPenalty(sampling.repetitionPenalty())
                .setSeed(sampling.seed())
                .setMaxTokens(sampling.maxTokens())
                .addAllStop(sampling.stop())
                .setIgnoreEos(sampling.ignoreEos())
                .setReproducible(sampling.reproducible())
                .build();
    }

    private static FinishReason reason(dev.gyre.inference.generate.FinishReason reason) {
        return switch (reason) {
            case STOP -> FinishReason.FINISH_REASON_STOP;
            case LENGTH -> FinishReason.FINISH_REASON_LENGTH;
            case CANCELLED -> FinishReason.FINISH_REASON_CANCELLED;
        };
    }

    private static List<Integer> ids(int[] ids) {
        return Arrays.stream(ids).boxed().toList();
    }
}
