package dev.gyre.inference.grpc;

import dev.gyre.access.FailureException;
import dev.gyre.inference.completions.Answer;
import dev.gyre.inference.completions.Completion;
import dev.gyre.inference.completions.CompletionRequest;
import dev.gyre.inference.completions.PromptForm;
import dev.gyre.inference.completions.SamplingWishes;
import dev.gyre.inference.generate.GeneratedToken;
import dev.gyre.inference.generate.Part;
import dev.gyre.inference.models.Models;
import dev.gyre.proto.inference.v1.FinishReason;
import dev.gyre.proto.inference.v1.GenerateRequest;
import dev.gyre.proto.inference.v1.GenerateResponse;
import dev.gyre.proto.inference.v1.Model;
import dev.gyre.proto.inference.v1.Prompt;
import dev.gyre.proto.inference.v1.SamplingParameters;
import dev.gyre.proto.inference.v1.StreamGenerateResponse;
import dev.gyre.proto.inference.v1.TokenLogprob;
import dev.gyre.proto.inference.v1.TopLogprob;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The domain's records from and to the contract's messages.
final class Messages {
    private Messages() {}

    /// @throws FailureException [dev.gyre.access.Failure.Invalid] when a field is missing or wrong
    static CompletionRequest request(GenerateRequest message) {
        return new CompletionRequest(
                message.getModel(),
                prompt(message.getPrompt()),
                wishes(message.getSampling()),
                message.getTopLogprobs());
    }

    private static PromptForm prompt(Prompt prompt) {
        return switch (prompt.getFormCase()) {
            case TEXT -> new PromptForm.Text(prompt.getText());
            case TOKEN_IDS ->
                    new PromptForm.TokenIds(
                            prompt.getTokenIds().getIdsList().stream()
                                    .mapToInt(Integer::intValue)
                                    .toArray());
            case CHAT ->
                    new PromptForm.Chat(
                            prompt.getChat().getMessagesList().stream()
                                    .map(
                                            turn ->
                                                    new PromptForm.Turn(
                                                            turn.getRole(), turn.getContent()))
                                    .toList());
            case FORM_NOT_SET ->
                    throw FailureException.invalid(
                            "prompt", "prompt is missing; give a text, token ids or a chat");
        };
    }

    private static SamplingWishes wishes(SamplingParameters given) {
        return new SamplingWishes(
                given.hasTemperature() ? given.getTemperature() : null,
                given.hasTopK() ? given.getTopK() : null,
                given.hasTopP() ? given.getTopP() : null,
                given.hasPresencePenalty() ? given.getPresencePenalty() : null,
                given.hasFrequencyPenalty() ? given.getFrequencyPenalty() : null,
                given.hasRepetitionPenalty() ? given.getRepetitionPenalty() : null,
                given.hasSeed() ? given.getSeed() : null,
                given.hasMaxTokens() ? given.getMaxTokens() : null,
                given.getStopList(),
                given.getIgnoreEos(),
                given.getReproducible());
    }

    static Model model(Models.ServedLine line) {
        return Model.newBuilder()
                .setName(line.name())
                .setVersion(line.model().version().version())
                .setContextLength(line.model().contextLength())
                .setVariant(line.model().variant())
                .setReleaseEpoch(line.releaseEpoch())
                .build();
    }

    static GenerateResponse response(Completion completion, Answer answer) {
        return GenerateResponse.newBuilder()
                .setCompletionId(completion.id())
                .setText(answer.text())
                .addAllTokens(tokens(answer.tokens()))
                .setFinishReason(reason(answer.finish()))
                .addAllPromptTokenIds(ids(completion.promptIds()))
                .setModelVersion(completion.model().version().toString())
                .setSeed(completion.sampling().seed())
                .build();
    }

    /// What is known before the first token.
    static StreamGenerateResponse firstPart(Completion completion) {
        return StreamGenerateResponse.newBuilder()
                .setCompletionId(completion.id())
                .addAllPromptTokenIds(ids(completion.promptIds()))
                .setModelVersion(completion.model().version().toString())
                .setSeed(completion.sampling().seed())
                .build();
    }

    static StreamGenerateResponse part(Completion completion, Part part) {
        return StreamGenerateResponse.newBuilder()
                .setCompletionId(completion.id())
                .setText(part.text())
                .addAllTokens(tokens(part.tokens()))
                .setFinishReason(reason(part.finish()))
                .build();
    }

    private static List<TokenLogprob> tokens(List<GeneratedToken> tokens) {
        return tokens.stream().map(Messages::token).toList();
    }

    private static TokenLogprob token(GeneratedToken token) {
        TokenLogprob.Builder message =
                TokenLogprob.newBuilder()
                        .setTokenId(token.id())
                        .setLogprob(token.logprob())
                        .setSamplerLogprob(token.samplerLogprob());
        for (GeneratedToken.Top top : token.top()) {
            message.addTop(TopLogprob.newBuilder().setTokenId(top.id()).setLogprob(top.logprob()));
        }
        return message.build();
    }

    private static FinishReason reason(dev.gyre.inference.generate.@Nullable FinishReason reason) {
        return switch (reason) {
            case null -> FinishReason.FINISH_REASON_UNSPECIFIED;
            case STOP -> FinishReason.FINISH_REASON_STOP;
            case LENGTH -> FinishReason.FINISH_REASON_LENGTH;
            case CANCELLED -> FinishReason.FINISH_REASON_CANCELLED;
        };
    }

    private static List<Integer> ids(int[] ids) {
        return Arrays.stream(ids).boxed().toList();
    }
}
