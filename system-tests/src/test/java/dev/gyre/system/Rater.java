package dev.gyre.system;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gyre.access.Role;
import dev.gyre.cli.client.Services;
import dev.gyre.proto.feedback.v1.PairRating;
import dev.gyre.proto.feedback.v1.PairVerdict;
import dev.gyre.proto.feedback.v1.RecordRatingRequest;
import io.grpc.StatusException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.function.Predicate;

/// A person who asks the tiny model through the OpenAI API and rates what it says, with a token
/// that lets her do no more than that. Safe for use by many threads.
final class Rater implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int LIKELIEST = 20;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI completions;
    private final String token;
    private final Services services;

    Rater(LocalGyre gyre, String name) {
        this.completions = URI.create(gyre.openAiAddress() + "/completions");
        this.token = gyre.token(name, Role.RATER);
        this.services = gyre.as(name, Role.RATER);
    }

    /// An answer.
    ///
    /// @param id completion id
    /// @param ids its tokens
    /// @param version `name@version` that answered
    record Answer(String id, String prompt, String text, JsonNode ids, String version) {
        boolean isLiked() {
            return TinyModel.isLiked(text);
        }
    }

    /// Two answers to one prompt.
    record Pair(Answer first, Answer second) {
        /// Whether the rater likes one of them more.
        boolean isDecided() {
            return first.isLiked() != second.isLiked();
        }

        /// Whether there is a choice: a data set leaves pairs of the same answer out.
        boolean isChoice() {
            return !first.ids().equals(second.ids());
        }

        PairVerdict verdict() {
            return first.isLiked()
                    ? PairVerdict.PAIR_VERDICT_FIRST_BETTER
                    : PairVerdict.PAIR_VERDICT_SECOND_BETTER;
        }

        PairVerdict oppositeVerdict() {
            return new Pair(second, first).verdict();
        }
    }

    /// Asks the served version.
    ///
    /// @throws IOException when there is no answer, or another one than 200
    Answer ask(String prompt, long seed) throws IOException, InterruptedException {
        JsonNode answer = complete(request(prompt).put("seed", seed).put("return_token_ids", true));
        return new Answer(
                answer.at("/id").asText(),
                prompt,
                answer.at("/choices/0/text").asText(),
                answer.at("/choices/0/token_ids"),
                answer.at("/gyre/model_version").asText());
    }

    /// How likely the served version's next answer is a liked one, if it is an animal at all. (DPO
    /// makes what is liked more likely than what is not; both may lose to something third.)
    double shareOfLiked(String prompt) throws IOException, InterruptedException {
        JsonNode likeliest =
                complete(request(prompt).put("logprobs", LIKELIEST))
                        .at("/choices/0/logprobs/top_logprobs/0");
        double liked = sum(likeliest, TinyModel::isLiked);
        return liked / sum(likeliest, TinyModel::isAnimal);
    }

    private static double sum(JsonNode logProbabilities, Predicate<String> counts) {
        return logProbabilities
                .propertyStream()
                .filter(token -> counts.test(token.getKey()))
                .mapToDouble(token -> Math.exp(token.getValue().asDouble()))
                .sum();
    }

    private static ObjectNode request(String prompt) {
        return JSON.createObjectNode()
                .put("model", TinyModel.NAME)
                .put("prompt", prompt)
                .put("max_tokens", TinyModel.ANSWER_TOKENS);
    }

    private JsonNode complete(ObjectNode request) throws IOException, InterruptedException {
        HttpResponse<String> response =
                http.send(
                        HttpRequest.newBuilder(completions)
                                .header("Authorization", "Bearer " + token)
                                .header("Content-Type", "application/json")
                                .timeout(LIMIT)
                                .POST(HttpRequest.BodyPublishers.ofString(request.toString()))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException("HTTP " + response.statusCode() + ": " + response.body());
        }
        return JSON.readTree(response.body());
    }

    /// Asks twice.
    Pair askTwice(String prompt, long seed) throws IOException, InterruptedException {
        return new Pair(ask(prompt, 2 * seed), ask(prompt, 2 * seed + 1));
    }

    /// Rates a pair; returns when the rating is acknowledged.
    void rate(String ratingId, Pair pair, PairVerdict verdict) throws StatusException {
        services.feedback()
                .withDeadlineAfter(LIMIT)
                .recordRating(
                        RecordRatingRequest.newBuilder()
                                .setRatingId(ratingId)
                                .setPair(
                                        PairRating.newBuilder()
                                                .setFirstCompletionId(pair.first().id())
                                                .setSecondCompletionId(pair.second().id())
                                                .setVerdict(verdict))
                                .build());
    }

    @Override
    public void close() {
        services.close();
        http.close();
    }
}
