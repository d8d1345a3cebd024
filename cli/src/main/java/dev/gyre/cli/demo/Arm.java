package dev.gyre.cli.demo;

import dev.gyre.cli.client.JobLines;
import dev.gyre.cli.client.Services;
import dev.gyre.cli.machine.CliException;
import dev.gyre.cli.terminal.Progress;
import dev.gyre.proto.feedback.v1.GetPolicyRequest;
import dev.gyre.proto.feedback.v1.ListRatingsRequest;
import dev.gyre.proto.feedback.v1.ListRatingsResponse;
import dev.gyre.proto.feedback.v1.ListRoundsRequest;
import dev.gyre.proto.feedback.v1.PairRating;
import dev.gyre.proto.feedback.v1.PairVerdict;
import dev.gyre.proto.feedback.v1.RecordRatingRequest;
import dev.gyre.proto.feedback.v1.RetrainingPolicy;
import dev.gyre.proto.feedback.v1.Round;
import dev.gyre.proto.feedback.v1.RoundState;
import dev.gyre.proto.feedback.v1.SetPolicyRequest;
import dev.gyre.proto.inference.v1.ListModelsRequest;
import dev.gyre.proto.releases.v1.Candidate;
import dev.gyre.proto.releases.v1.ListCandidatesRequest;
import dev.gyre.proto.releases.v1.PromoteRequest;
import dev.gyre.proto.training.v1.DpoJob;
import dev.gyre.proto.training.v1.GetJobRequest;
import dev.gyre.proto.training.v1.Job;
import dev.gyre.proto.training.v1.JobProgress;
import dev.gyre.proto.training.v1.ModelRef;
import dev.gyre.proto.training.v1.OptimizerSettings;
import io.grpc.StatusException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// One arm of the experiment: a project of its own, with its own ratings, data sets, policy and
/// release line.
final class Arm {
    private static final String LINE = "starter";
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration LONGEST_ROUND = Duration.ofMinutes(30);
    private static final Set<RoundState> ENDED =
            EnumSet.of(
                    RoundState.ROUND_STATE_WAITING,
                    RoundState.ROUND_STATE_PROMOTED,
                    RoundState.ROUND_STATE_REJECTED,
                    RoundState.ROUND_STATE_FAILED);

    private final Services services;
    private final String project;
    private final Answers answers;

    Arm(Services services, String project, Answers answers) {
        this.services = services;
        this.project = project;
        this.answers = answers;
    }

    /// Two answers to one prompt.
    ///
    /// @param number number of the pair in its round
    record Pair(int number, Answers.Answer first, Answers.Answer second) {}

    /// What a round led to.
    ///
    /// @param candidate the version it made, with the gate's evidence
    /// @param metrics what the evaluation measured
    record Outcome(Round round, Candidate candidate, Map<String, Double> metrics) {
        boolean isPromoted() {
            return round.getState() == RoundState.ROUND_STATE_PROMOTED;
        }
    }

    /// Serves the base and keeps the policy quiet until ratings are there.
    void begin(ModelRef base) throws StatusException, InterruptedException {
        services.feedback()
                .setPolicy(SetPolicyRequest.newBuilder().setPolicy(policy(false)).build());
        services.releases()
                .promote(
                        PromoteRequest.newBuilder()
                                .setProject(project)
                                .setReleaseLine(LINE)
                                .setModel(base)
                                .setReason("start of the demo")
                                .build());
        awaitServed(base);
    }

    /// Two different answers of the served version to each prompt; identical ones are dropped.
    List<Pair> sample(List<String> prompts, long seed, Progress progress)
            throws InterruptedException {
        List<Answers.Answer> first = answers.of(LINE, prompts, 2 * seed, progress);
        List<Answers.Answer> second = answers.of(LINE, prompts, 2 * seed + 1, progress);
        return java.util.stream.IntStream.range(0, prompts.size())
                .mapToObj(i -> new Pair(i, first.get(i), second.get(i)))
                .filter(pair -> !pair.first().text().equals(pair.second().text()))
                .toList();
    }

    /// Records the rater's choices, and waits until none waits for its completions.
    void rate(int round, List<Pair> pairs, Taste taste, Rater rater)
            throws StatusException, InterruptedException {
        for (Pair pair : pairs) {
            double difference = taste.of(pair.first().text()) - taste.of(pair.second().text());
            boolean first = rater.picksFirst(pair.number(), difference);
            services.feedback()
                    .recordRating(
                            RecordRatingRequest.newBuilder()
                                    .setProject(project)
                                    .setRatingId(
                                            "%s-%d-%04d".formatted(project, round, pair.number()))
                                    .setPair(
                                            PairRating.newBuilder()
                                                    .setFirstCompletionId(
                                                            pair.first().completionId())
                                                    .setSecondCompletionId(
                                                            pair.second().completionId())
                                                    .setFirstOnLeft(pair.number() % 2 == 0)
                                                    .setVerdict(
                                                            first
                                                                    ? PairVerdict
                                                                            .PAIR_VERDICT_FIRST_BETTER
                                                                    : PairVerdict
                                                                            .PAIR_VERDICT_SECOND_BETTER))
                                    .build());
        }
        awaitUntil("ratings wait for their completions", () -> parkedRatings() == 0);
    }

    private long parkedRatings() throws StatusException {
        long parked = 0;
        String page = "";
        do {
            ListRatingsResponse ratings =
                    services.feedback()
                            .listRatings(
                                    ListRatingsRequest.newBuilder()
                                            .setProject(project)
                                            .setPageSize(1000)
                                            .setPageToken(page)
                                            .build());
            parked +=
                    ratings.getRatingsList().stream().filter(rating -> rating.getParked()).count();
            page = ratings.getNextPageToken();
        } while (!page.isEmpty());
        return parked;
    }

    /// Lets the policy see the ratings, and waits until the round that it starts has ended.
    ///
    /// @throws CliException when the round fails
    Outcome retrain(Progress progress) throws StatusException, InterruptedException {
        Set<String> earlier = rounds().stream().map(Round::getId).collect(Collectors.toSet());
        services.feedback()
                .setPolicy(SetPolicyRequest.newBuilder().setPolicy(policy(true)).build());
        awaitUntil(
                "no round has ended",
                () -> {
                    List<Round> started =
                            rounds().stream()
                                    .filter(round -> !earlier.contains(round.getId()))
                                    .toList();
                    if (started.isEmpty()) {
                        return false;
                    }
                    show(started.getFirst(), progress);
                    return ENDED.contains(started.getFirst().getState());
                });
        services.feedback()
                .setPolicy(SetPolicyRequest.newBuilder().setPolicy(policy(false)).build());
        Round ended =
                rounds().stream()
                        .filter(round -> !earlier.contains(round.getId()))
                        .findFirst()
                        .orElseThrow();
        if (ended.getState() == RoundState.ROUND_STATE_FAILED) {
            throw new CliException(
                    "round " + ended.getId() + " of " + project + " failed: " + ended.getError());
        }
        Outcome outcome =
                new Outcome(
                        ended,
                        candidate(ended),
                        job(ended.getEvaluationJobId()).getResult().getMetricsMap());
        if (outcome.isPromoted()) {
            awaitServed(outcome.candidate().getModel());
        }
        return outcome;
    }

    private List<Round> rounds() throws StatusException {
        return services.feedback()
                .listRounds(
                        ListRoundsRequest.newBuilder()
                                .setProject(project)
                                .setReleaseLine(LINE)
                                .build())
                .getRoundsList();
    }

    private Candidate candidate(Round round) throws StatusException {
        return services
                .releases()
                .listCandidates(
                        ListCandidatesRequest.newBuilder()
                                .setProject(project)
                                .setReleaseLine(LINE)
                                .build())
                .getCandidatesList()
                .stream()
                .filter(candidate -> candidate.getId().equals(round.getCandidateId()))
                .findFirst()
                .orElseThrow(
                        () -> new CliException("round " + round.getId() + " names no candidate"));
    }

    private Job job(String id) throws StatusException {
        return services.training().getJob(GetJobRequest.newBuilder().setJobId(id).build()).getJob();
    }

    private void show(Round round, Progress progress) throws StatusException {
        String what =
                switch (round.getState()) {
                    case ROUND_STATE_REWARD -> "reward model";
                    case ROUND_STATE_PREFERENCE -> "preferences";
                    case ROUND_STATE_EVALUATING -> "evaluation";
                    default -> "gate";
                };
        String id =
                switch (round.getState()) {
                    case ROUND_STATE_REWARD -> round.getRewardJobId();
                    case ROUND_STATE_PREFERENCE -> round.getPreferenceJobId();
                    default -> round.getEvaluationJobId();
                };
        if (id.isEmpty()) {
            progress.show(what);
            return;
        }
        JobProgress job = job(id).getProgress();
        progress.show(
                String.format(
                        "%s: %s %d of %d, loss %.3f, %.0f s left",
                        what,
                        job.getPhase(),
                        job.getStep(),
                        job.getTotalSteps(),
                        job.getLoss(),
                        job.getRemainingSeconds()));
    }

    private void awaitServed(ModelRef version) throws StatusException, InterruptedException {
        awaitUntil(
                JobLines.model(version) + " is not served",
                () ->
                        services
                                .inference()
                                .listModels(ListModelsRequest.getDefaultInstance())
                                .getModelsList()
                                .stream()
                                .anyMatch(
                                        model ->
                                                model.getName().equals(LINE)
                                                        && model.getVersion()
                                                                .equals(version.getVersion())));
    }

    private RetrainingPolicy policy(boolean enabled) throws StatusException {
        RetrainingPolicy defaults =
                services.feedback()
                        .getPolicy(
                                GetPolicyRequest.newBuilder()
                                        .setProject(project)
                                        .setReleaseLine(LINE)
                                        .build())
                        .getPolicy();
        return defaults.toBuilder()
                .setProject(project)
                .setReleaseLine(LINE)
                .setEnabled(enabled)
                .setMinNewPairs(2)
                .setCooldownSeconds(1)
                .setAutoPromote(true)
                .setHoldoutShare(0.25)
                .setDpo(
                        DpoJob.newBuilder()
                                .setBeta(0.1)
                                .setBatchSize(32)
                                .setMicroBatchSize(32)
                                .setEpochs(2)
                                .setOptimizer(OptimizerSettings.newBuilder().setLearningRate(5e-5)))
                .build();
    }

    private interface Condition {
        boolean holds() throws StatusException;
    }

    private void awaitUntil(String otherwise, Condition condition)
            throws StatusException, InterruptedException {
        long deadline = System.nanoTime() + LONGEST_ROUND.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > deadline) {
                throw new CliException(
                        "after "
                                + LONGEST_ROUND.toMinutes()
                                + " minutes: "
                                + otherwise
                                + " (project "
                                + project
                                + "); './gyre jobs list' and './gyre logs feedback-service' show why");
            }
            Thread.sleep(POLL);
        }
    }
}
