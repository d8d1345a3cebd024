package dev.gyre.system;

import dev.gyre.access.Role;
import dev.gyre.cli.client.JobLines;
import dev.gyre.cli.client.Services;
import dev.gyre.proto.feedback.v1.CreateDatasetRequest;
import dev.gyre.proto.feedback.v1.Dataset;
import dev.gyre.proto.feedback.v1.ListRatingsRequest;
import dev.gyre.proto.feedback.v1.ListRatingsResponse;
import dev.gyre.proto.feedback.v1.ListRoundsRequest;
import dev.gyre.proto.feedback.v1.Rating;
import dev.gyre.proto.feedback.v1.RetrainingPolicy;
import dev.gyre.proto.feedback.v1.Round;
import dev.gyre.proto.feedback.v1.RoundState;
import dev.gyre.proto.feedback.v1.SetPolicyRequest;
import dev.gyre.proto.inference.v1.ListModelsRequest;
import dev.gyre.proto.releases.v1.Candidate;
import dev.gyre.proto.releases.v1.GetReleaseLineRequest;
import dev.gyre.proto.releases.v1.ListCandidatesRequest;
import dev.gyre.proto.releases.v1.ReleaseLine;
import dev.gyre.proto.training.v1.GetJobRequest;
import dev.gyre.proto.training.v1.Job;
import dev.gyre.proto.training.v1.JobSpec;
import dev.gyre.proto.training.v1.ModelRef;
import dev.gyre.proto.training.v1.SubmitJobRequest;
import io.grpc.StatusException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// A person who runs jobs, and rounds and releases of the tiny model, through the public doors.
final class Operator implements AutoCloseable {
    private static final Set<RoundState> UNDER_WAY =
            EnumSet.of(
                    RoundState.ROUND_STATE_REWARD,
                    RoundState.ROUND_STATE_PREFERENCE,
                    RoundState.ROUND_STATE_EVALUATING);

    private final Services services;

    Operator(LocalGyre gyre, String name) {
        this.services = gyre.as(name, Role.OPERATOR);
    }

    Services services() {
        return services;
    }

    Job submit(String requestId, JobSpec spec) throws StatusException {
        return services.training()
                .submitJob(
                        SubmitJobRequest.newBuilder().setRequestId(requestId).setSpec(spec).build())
                .getJob();
    }

    Job job(String id) throws StatusException {
        return services.training().getJob(GetJobRequest.newBuilder().setJobId(id).build()).getJob();
    }

    /// Trains a model and waits until it is served: the first version of an empty line is.
    ModelRef trainAndServe(JobSpec pretraining, Duration limit) throws Exception {
        Job job = submit("first", pretraining);
        Patience.until(
                "the first version is served",
                limit,
                () -> {
                    Job now = job(job.getId());
                    if (JobLines.hasEnded(now) && !now.hasResult()) {
                        throw new AssertionError("the job failed: " + now.getError());
                    }
                    return now.hasResult() && served().equals(List.of(now.getResult().getModel()));
                });
        return job(job.getId()).getResult().getModel();
    }

    /// Versions that inference-service serves.
    List<ModelRef> served() throws StatusException {
        return services
                .inference()
                .listModels(ListModelsRequest.getDefaultInstance())
                .getModelsList()
                .stream()
                .map(
                        model ->
                                ModelRef.newBuilder()
                                        .setName(model.getName())
                                        .setVersion(model.getVersion())
                                        .build())
                .toList();
    }

    void setPolicy(RetrainingPolicy policy) throws StatusException {
        services.feedback()
                .setPolicy(
                        SetPolicyRequest.newBuilder()
                                .setPolicy(policy.toBuilder().setReleaseLine(TinyModel.NAME))
                                .build());
    }

    /// The line's rounds, newest first.
    List<Round> rounds() throws StatusException {
        return services.feedback()
                .listRounds(ListRoundsRequest.newBuilder().setReleaseLine(TinyModel.NAME).build())
                .getRoundsList();
    }

    /// Waits for the end of the line's round of that number, from 1.
    Round awaitRound(int number, Duration limit) throws Exception {
        Patience.until(
                "round " + number + " ends",
                limit,
                () ->
                        rounds().size() >= number
                                && !UNDER_WAY.contains(rounds().getFirst().getState()));
        return rounds().getFirst();
    }

    Candidate candidate(Round round) throws StatusException {
        return services
                .releases()
                .listCandidates(
                        ListCandidatesRequest.newBuilder().setReleaseLine(TinyModel.NAME).build())
                .getCandidatesList()
                .stream()
                .filter(candidate -> candidate.getId().equals(round.getCandidateId()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no candidate of " + round));
    }

    ReleaseLine line() throws StatusException {
        return services.releases()
                .getReleaseLine(GetReleaseLineRequest.newBuilder().setName(TinyModel.NAME).build())
                .getLine();
    }

    /// All ratings, newest first.
    List<Rating> ratings() throws StatusException {
        List<Rating> ratings = new ArrayList<>();
        String page = "";
        do {
            ListRatingsResponse response =
                    services.feedback()
                            .listRatings(
                                    ListRatingsRequest.newBuilder()
                                            .setPageSize(1000)
                                            .setPageToken(page)
                                            .build());
            ratings.addAll(response.getRatingsList());
            page = response.getNextPageToken();
        } while (!page.isEmpty());
        return ratings;
    }

    /// Waits until no rating waits for its completions.
    void awaitResolved(Duration limit) throws Exception {
        Patience.until(
                "every rating has its completions",
                limit,
                () -> ratings().stream().noneMatch(Rating::getParked));
    }

    Dataset seal() throws StatusException {
        return services.feedback()
                .createDataset(
                        CreateDatasetRequest.newBuilder().setReleaseLine(TinyModel.NAME).build())
                .getDataset();
    }

    @Override
    public void close() {
        services.close();
    }
}
