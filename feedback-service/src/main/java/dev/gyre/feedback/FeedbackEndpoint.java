package dev.gyre.feedback;

import static dev.gyre.access.AccessInterceptor.identity;

import dev.gyre.feedback.datasets.DatasetsEndpoint;
import dev.gyre.feedback.lineage.LineageEndpoint;
import dev.gyre.feedback.platform.Answers;
import dev.gyre.feedback.policies.PoliciesEndpoint;
import dev.gyre.feedback.ratings.RatingsEndpoint;
import dev.gyre.feedback.rounds.RoundsEndpoint;
import dev.gyre.proto.feedback.v1.CreateDatasetRequest;
import dev.gyre.proto.feedback.v1.CreateDatasetResponse;
import dev.gyre.proto.feedback.v1.ExportDatasetRequest;
import dev.gyre.proto.feedback.v1.ExportDatasetResponse;
import dev.gyre.proto.feedback.v1.FeedbackServiceGrpc;
import dev.gyre.proto.feedback.v1.GetCompletionLineageRequest;
import dev.gyre.proto.feedback.v1.GetCompletionLineageResponse;
import dev.gyre.proto.feedback.v1.GetPolicyRequest;
import dev.gyre.proto.feedback.v1.GetPolicyResponse;
import dev.gyre.proto.feedback.v1.GetRatingLineageRequest;
import dev.gyre.proto.feedback.v1.GetRatingLineageResponse;
import dev.gyre.proto.feedback.v1.ListDatasetsRequest;
import dev.gyre.proto.feedback.v1.ListDatasetsResponse;
import dev.gyre.proto.feedback.v1.ListRatingsRequest;
import dev.gyre.proto.feedback.v1.ListRatingsResponse;
import dev.gyre.proto.feedback.v1.ListRoundsRequest;
import dev.gyre.proto.feedback.v1.ListRoundsResponse;
import dev.gyre.proto.feedback.v1.RecordRatingRequest;
import dev.gyre.proto.feedback.v1.RecordRatingResponse;
import dev.gyre.proto.feedback.v1.SetPolicyRequest;
import dev.gyre.proto.feedback.v1.SetPolicyResponse;
import dev.gyre.proto.feedback.v1.StartRoundRequest;
import dev.gyre.proto.feedback.v1.StartRoundResponse;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;

/// The gRPC door: `gyre.feedback.v1.FeedbackService`. Each rpc is one call of its feature.
@GrpcService
public class FeedbackEndpoint extends FeedbackServiceGrpc.FeedbackServiceImplBase {
    private final RatingsEndpoint ratings;
    private final DatasetsEndpoint datasets;
    private final PoliciesEndpoint policies;
    private final RoundsEndpoint rounds;
    private final LineageEndpoint lineage;

    FeedbackEndpoint(
            RatingsEndpoint ratings,
            DatasetsEndpoint datasets,
            PoliciesEndpoint policies,
            RoundsEndpoint rounds,
            LineageEndpoint lineage) {
        this.ratings = ratings;
        this.datasets = datasets;
        this.policies = policies;
        this.rounds = rounds;
        this.lineage = lineage;
    }

    @Override
    public void recordRating(
            RecordRatingRequest request, StreamObserver<RecordRatingResponse> answer) {
        Answers.one(answer, () -> ratings.record(request, identity()));
    }

    @Override
    public void listRatings(
            ListRatingsRequest request, StreamObserver<ListRatingsResponse> answer) {
        Answers.one(answer, () -> ratings.list(request, identity()));
    }

    @Override
    public void createDataset(
            CreateDatasetRequest request, StreamObserver<CreateDatasetResponse> answer) {
        Answers.one(answer, () -> rounds.createDataset(request, identity()));
    }

    @Override
    public void listDatasets(
            ListDatasetsRequest request, StreamObserver<ListDatasetsResponse> answer) {
        Answers.one(answer, () -> datasets.list(request, identity()));
    }

    @Override
    public void exportDataset(
            ExportDatasetRequest request, StreamObserver<ExportDatasetResponse> answer) {
        try {
            datasets.export(request, identity(), answer::onNext);
        } catch (RuntimeException failure) {
            answer.onError(failure);
            return;
        }
        answer.onCompleted();
    }

    @Override
    public void getPolicy(GetPolicyRequest request, StreamObserver<GetPolicyResponse> answer) {
        Answers.one(answer, () -> policies.get(request, identity()));
    }

    @Override
    public void setPolicy(SetPolicyRequest request, StreamObserver<SetPolicyResponse> answer) {
        Answers.one(answer, () -> policies.set(request, identity()));
    }

    @Override
    public void startRound(StartRoundRequest request, StreamObserver<StartRoundResponse> answer) {
        Answers.one(answer, () -> rounds.start(request, identity()));
    }

    @Override
    public void listRounds(ListRoundsRequest request, StreamObserver<ListRoundsResponse> answer) {
        Answers.one(answer, () -> rounds.list(request, identity()));
    }

    @Override
    public void getCompletionLineage(
            GetCompletionLineageRequest request,
            StreamObserver<GetCompletionLineageResponse> answer) {
        Answers.one(answer, () -> lineage.ofCompletion(request, identity()));
    }

    @Override
    public void getRatingLineage(
            GetRatingLineageRequest request, StreamObserver<GetRatingLineageResponse> answer) {
        Answers.one(answer, () -> lineage.ofRating(request, identity()));
    }
}
