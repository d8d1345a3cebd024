package dev.gyre.feedback.api;

import dev.gyre.access.FailureException;
import dev.gyre.feedback.FeedbackEndpoint;
import dev.gyre.feedback.jobs.JobsEndpoint;
import dev.gyre.feedback.releases.ReleasesEndpoint;
import dev.gyre.feedback.signin.Caller;
import dev.gyre.proto.feedback.v1.CreateDatasetRequest;
import dev.gyre.proto.feedback.v1.GetCompletionLineageRequest;
import dev.gyre.proto.feedback.v1.GetPolicyRequest;
import dev.gyre.proto.feedback.v1.GetRatingLineageRequest;
import dev.gyre.proto.feedback.v1.ListDatasetsRequest;
import dev.gyre.proto.feedback.v1.ListRatingsRequest;
import dev.gyre.proto.feedback.v1.ListRoundsRequest;
import dev.gyre.proto.feedback.v1.RecordRatingRequest;
import dev.gyre.proto.feedback.v1.SetPolicyRequest;
import dev.gyre.proto.feedback.v1.StartRoundRequest;
import dev.gyre.proto.releases.v1.GetReleaseLineRequest;
import dev.gyre.proto.releases.v1.ListCandidatesRequest;
import dev.gyre.proto.releases.v1.ListReleaseLinesRequest;
import dev.gyre.proto.releases.v1.PromoteRequest;
import dev.gyre.proto.releases.v1.RejectRequest;
import dev.gyre.proto.releases.v1.RollBackRequest;
import dev.gyre.proto.training.v1.CancelJobRequest;
import dev.gyre.proto.training.v1.GetJobRequest;
import dev.gyre.proto.training.v1.ListJobsRequest;
import io.quarkus.grpc.GrpcService;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.Map;
import java.util.TreeMap;

/// `POST /api/<service>/<rpc>`: the gRPC services of `proto/` with protobuf JSON, for example `POST
/// /api/gyre.feedback.v1.FeedbackService/ListRatings` with `{"project": "default"}`.
///
/// The rpcs of `gyre.training.v1.TrainingService` are answered from what trainer-service has told
/// over Kafka. Those that stream are not here.
@Path("/api")
public final class ApiEndpoint {
    private static final String FEEDBACK = "gyre.feedback.v1.FeedbackService/";
    private static final String RELEASES = "gyre.releases.v1.ReleaseService/";
    private static final String TRAINING = "gyre.training.v1.TrainingService/";

    private final Map<String, Rpc<?, ?>> rpcs = new TreeMap<>();
    private final Caller caller;

    ApiEndpoint(
            @GrpcService FeedbackEndpoint feedback,
            @GrpcService ReleasesEndpoint releases,
            JobsEndpoint jobs,
            Caller caller) {
        this.caller = caller;
        addFeedback(feedback);
        addReleases(releases);
        rpcs.put(
                TRAINING + "ListJobs",
                new Rpc<>(ListJobsRequest.getDefaultInstance(), jobs::listJobs));
        rpcs.put(TRAINING + "GetJob", new Rpc<>(GetJobRequest.getDefaultInstance(), jobs::getJob));
        rpcs.put(
                TRAINING + "CancelJob",
                new Rpc<>(CancelJobRequest.getDefaultInstance(), jobs::cancelJob));
    }

    private void addFeedback(FeedbackEndpoint feedback) {
        rpcs.put(
                FEEDBACK + "RecordRating",
                new Rpc<>(RecordRatingRequest.getDefaultInstance(), feedback::recordRating));
        rpcs.put(
                FEEDBACK + "ListRatings",
                new Rpc<>(ListRatingsRequest.getDefaultInstance(), feedback::listRatings));
        rpcs.put(
                FEEDBACK + "CreateDataset",
                new Rpc<>(CreateDatasetRequest.getDefaultInstance(), feedback::createDataset));
        rpcs.put(
                FEEDBACK + "ListDatasets",
                new Rpc<>(ListDatasetsRequest.getDefaultInstance(), feedback::listDatasets));
        rpcs.put(
                FEEDBACK + "GetPolicy",
                new Rpc<>(GetPolicyRequest.getDefaultInstance(), feedback::getPolicy));
        rpcs.put(
                FEEDBACK + "SetPolicy",
                new Rpc<>(SetPolicyRequest.getDefaultInstance(), feedback::setPolicy));
        rpcs.put(
                FEEDBACK + "StartRound",
                new Rpc<>(StartRoundRequest.getDefaultInstance(), feedback::startRound));
        rpcs.put(
                FEEDBACK + "ListRounds",
                new Rpc<>(ListRoundsRequest.getDefaultInstance(), feedback::listRounds));
        rpcs.put(
                FEEDBACK + "GetCompletionLineage",
                new Rpc<>(
                        GetCompletionLineageRequest.getDefaultInstance(),
                        feedback::getCompletionLineage));
        rpcs.put(
                FEEDBACK + "GetRatingLineage",
                new Rpc<>(
                        GetRatingLineageRequest.getDefaultInstance(), feedback::getRatingLineage));
    }

    private void addReleases(ReleasesEndpoint releases) {
        rpcs.put(
                RELEASES + "ListReleaseLines",
                new Rpc<>(
                        ListReleaseLinesRequest.getDefaultInstance(), releases::listReleaseLines));
        rpcs.put(
                RELEASES + "GetReleaseLine",
                new Rpc<>(GetReleaseLineRequest.getDefaultInstance(), releases::getReleaseLine));
        rpcs.put(
                RELEASES + "ListCandidates",
                new Rpc<>(ListCandidatesRequest.getDefaultInstance(), releases::listCandidates));
        rpcs.put(
                RELEASES + "Promote",
                new Rpc<>(PromoteRequest.getDefaultInstance(), releases::promote));
        rpcs.put(
                RELEASES + "Reject",
                new Rpc<>(RejectRequest.getDefaultInstance(), releases::reject));
        rpcs.put(
                RELEASES + "RollBack",
                new Rpc<>(RollBackRequest.getDefaultInstance(), releases::rollBack));
    }

    /// Calls an rpc.
    ///
    /// @param service full name of the service
    /// @param name name of the rpc
    /// @param request protobuf JSON
    /// @return the answer in protobuf JSON, every field printed
    /// @throws FailureException when there is no such rpc, or what the rpc refuses with
    @POST
    @Path("{service}/{name}")
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces(MediaType.APPLICATION_JSON)
    @RunOnVirtualThread
    public String call(
            @PathParam("service") String service, @PathParam("name") String name, String request) {
        Rpc<?, ?> rpc = rpcs.get(service + "/" + name);
        if (rpc == null) {
            throw FailureException.notFound(
                    "there is no rpc " + service + "/" + name + "; there are " + rpcs.keySet());
        }
        return rpc.call(request, caller.identity());
    }
}
