package dev.gyre.cli.demo;

import dev.gyre.cli.client.Services;
import dev.gyre.cli.machine.CliException;
import dev.gyre.cli.terminal.Progress;
import dev.gyre.proto.inference.v1.GenerateRequest;
import dev.gyre.proto.inference.v1.GenerateResponse;
import dev.gyre.proto.inference.v1.Prompt;
import dev.gyre.proto.inference.v1.SamplingParameters;
import io.grpc.Status;
import io.grpc.StatusException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/// Samples answers through the public API: temperature 1, at most 48 tokens, reproducible.
final class Answers {
    private static final int MAX_TOKENS = 48;

    /// Requests at once: enough to fill the decode batch.
    private static final int AT_ONCE = 32;

    private static final int ATTEMPTS = 5;
    private static final Set<Status.Code> ON_ITS_WAY =
            EnumSet.of(Status.Code.UNAVAILABLE, Status.Code.RESOURCE_EXHAUSTED);

    private final Services services;

    Answers(Services services) {
        this.services = services;
    }

    /// An answer, as its rating names it.
    record Answer(String completionId, String text, int tokens) {}

    /// One answer per prompt, in the prompts' order.
    ///
    /// @param model release line or `name@version`
    /// @param seed the same seed gives the same answers
    /// @throws CliException when a request fails
    List<Answer> of(String model, List<String> prompts, long seed, Progress progress)
            throws InterruptedException {
        Semaphore free = new Semaphore(AT_ONCE);
        List<Future<Answer>> pending = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < prompts.size(); i++) {
                free.acquire();
                String prompt = prompts.get(i);
                long requestSeed = (seed << 20) + i;
                pending.add(
                        threads.submit(
                                () -> {
                                    try {
                                        return answerAtLast(model, prompt, requestSeed);
                                    } finally {
                                        free.release();
                                    }
                                }));
                progress.show("answers of " + model + ": " + i + " of " + prompts.size());
            }
            List<Answer> answers = new ArrayList<>();
            for (Future<Answer> answer : pending) {
                answers.add(answer.get());
            }
            return answers;
        } catch (ExecutionException failure) {
            Throwable cause = Objects.requireNonNullElse(failure.getCause(), failure);
            throw new CliException("sampling from " + model + " failed: " + cause.getMessage());
        }
    }

    /// Asks again when a call fails on its way: the same seed gives the same answer.
    private Answer answerAtLast(String model, String prompt, long seed)
            throws StatusException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                return answer(model, prompt, seed);
            } catch (StatusException failure) {
                if (attempt == ATTEMPTS || !ON_ITS_WAY.contains(failure.getStatus().getCode())) {
                    throw failure;
                }
                Thread.sleep(Duration.ofMillis(200).multipliedBy(attempt));
            }
        }
    }

    private Answer answer(String model, String prompt, long seed) throws StatusException {
        GenerateResponse response =
                services.inference()
                        .generate(
                                GenerateRequest.newBuilder()
                                        .setModel(model)
                                        .setPrompt(Prompt.newBuilder().setText(prompt))
                                        .setSampling(
                                                SamplingParameters.newBuilder()
                                                        .setTemperature(1)
                                                        .setMaxTokens(MAX_TOKENS)
                                                        .setSeed(seed)
                                                        .setReproducible(true))
                                        .build());
        return new Answer(
                response.getCompletionId(), response.getText(), response.getTokensCount());
    }
}
