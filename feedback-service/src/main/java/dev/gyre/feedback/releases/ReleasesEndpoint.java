package dev.gyre.feedback.releases;

import dev.gyre.access.AccessInterceptor;
import dev.gyre.access.Identity;
import dev.gyre.access.Role;
import dev.gyre.artifacts.ModelVersion;
import dev.gyre.events.ProtoTime;
import dev.gyre.feedback.gate.GateCheck;
import dev.gyre.feedback.gate.Verdict;
import dev.gyre.feedback.platform.Answers;
import dev.gyre.feedback.platform.Names;
import dev.gyre.proto.releases.v1.GateVerdict;
import dev.gyre.proto.releases.v1.GetReleaseLineRequest;
import dev.gyre.proto.releases.v1.GetReleaseLineResponse;
import dev.gyre.proto.releases.v1.ListCandidatesRequest;
import dev.gyre.proto.releases.v1.ListCandidatesResponse;
import dev.gyre.proto.releases.v1.ListReleaseLinesRequest;
import dev.gyre.proto.releases.v1.ListReleaseLinesResponse;
import dev.gyre.proto.releases.v1.PromoteRequest;
import dev.gyre.proto.releases.v1.PromoteResponse;
import dev.gyre.proto.releases.v1.RejectRequest;
import dev.gyre.proto.releases.v1.RejectResponse;
import dev.gyre.proto.releases.v1.ReleaseServiceGrpc;
import dev.gyre.proto.releases.v1.RollBackRequest;
import dev.gyre.proto.releases.v1.RollBackResponse;
import dev.gyre.proto.training.v1.DatasetRef;
import dev.gyre.proto.training.v1.ModelRef;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;
import org.jspecify.annotations.Nullable;

/// The gRPC door: `gyre.releases.v1.ReleaseService`. Everybody of a project reads, operators
/// change.
@GrpcService
public class ReleasesEndpoint extends ReleaseServiceGrpc.ReleaseServiceImplBase {
    private final Releases releases;

    ReleasesEndpoint(Releases releases) {
        this.releases = releases;
    }

    @Override
    public void listReleaseLines(
            ListReleaseLinesRequest request, StreamObserver<ListReleaseLinesResponse> answer) {
        Answers.one(
                answer,
                () -> {
                    ListReleaseLinesResponse.Builder response =
                            ListReleaseLinesResponse.newBuilder();
                    releases.list(request.getProject(), AccessInterceptor.identity())
                            .forEach(line -> response.addLines(message(line)));
                    return response.build();
                });
    }

    @Override
    public void getReleaseLine(
            GetReleaseLineRequest request, StreamObserver<GetReleaseLineResponse> answer) {
        Answers.one(
                answer,
                () ->
                        GetReleaseLineResponse.newBuilder()
                                .setLine(
                                        message(
                                                releases.get(
                                                        AccessInterceptor.identity()
                                                                .project(request.getProject()),
                                                        Names.line(request.getName()))))
                                .build());
    }

    @Override
    public void listCandidates(
            ListCandidatesRequest request, StreamObserver<ListCandidatesResponse> answer) {
        Answers.one(
                answer,
                () -> {
                    ListCandidatesResponse.Builder response = ListCandidatesResponse.newBuilder();
                    releases.candidates(
                                    AccessInterceptor.identity().project(request.getProject()),
                                    request.getReleaseLine())
                            .forEach(candidate -> response.addCandidates(message(candidate)));
                    return response.build();
                });
    }

    @Override
    public void promote(PromoteRequest request, StreamObserver<PromoteResponse> answer) {
        Answers.one(
                answer,
                () -> {
                    Identity caller = operator();
                    ReleaseLine line =
                            releases.promote(
                                    caller.project(request.getProject()),
                                    request.getReleaseLine(),
                                    new ModelVersion(
                                            request.getModel().getName(),
                                            request.getModel().getVersion()),
                                    new Releases.Ask(
                                            request.getReason(),
                                            request.getExpectedEpoch(),
                                            caller));
                    return PromoteResponse.newBuilder().setLine(served(line)).build();
                });
    }

    @Override
    public void reject(RejectRequest request, StreamObserver<RejectResponse> answer) {
        Answers.one(
                answer,
                () ->
                        RejectResponse.newBuilder()
                                .setCandidate(
                                        message(
                                                releases.reject(
                                                        Names.id(
                                                                "candidate_id",
                                                                request.getCandidateId()),
                                                        operator(),
                                                        request.getReason())))
                                .build());
    }

    @Override
    public void rollBack(RollBackRequest request, StreamObserver<RollBackResponse> answer) {
        Answers.one(
                answer,
                () -> {
                    Identity caller = operator();
                    ReleaseLine line =
                            releases.rollBack(
                                    caller.project(request.getProject()),
                                    Names.line(request.getReleaseLine()),
                                    new Releases.Ask(
                                            request.getReason(),
                                            request.getExpectedEpoch(),
                                            caller));
                    return RollBackResponse.newBuilder().setLine(served(line)).build();
                });
    }

    private static Identity operator() {
        Identity caller = AccessInterceptor.identity();
        caller.checkRole(Role.OPERATOR);
        return caller;
    }

    private dev.gyre.proto.releases.v1.ReleaseLine served(ReleaseLine line) {
        return message(releases.get(line.project(), line.name()));
    }

    private static dev.gyre.proto.releases.v1.ReleaseLine message(ServedLine served) {
        return message(served.line()).toBuilder()
                .addAllWarmReplicas(served.warmReplicas())
                .setComplete(served.complete())
                .build();
    }

    /// A line as a message, as it goes into the event.
    static dev.gyre.proto.releases.v1.ReleaseLine message(ReleaseLine line) {
        dev.gyre.proto.releases.v1.ReleaseLine.Builder message =
                dev.gyre.proto.releases.v1.ReleaseLine.newBuilder()
                        .setProject(line.project())
                        .setName(line.name())
                        .setEpoch(line.epoch())
                        .setReason(line.reason())
                        .setChangedBy(line.changedBy())
                        .setUpdateTime(ProtoTime.of(line.updateTime()));
        Release promoted = line.promoted();
        if (promoted != null) {
            message.setPromoted(ref(promoted.model())).setManifestSha256(promoted.manifestSha256());
        }
        Release previous = line.previous();
        if (previous != null) {
            message.setPrevious(ref(previous.model()));
        }
        return message.build();
    }

    private static dev.gyre.proto.releases.v1.Candidate message(Candidate candidate) {
        dev.gyre.proto.releases.v1.Candidate.Builder message =
                dev.gyre.proto.releases.v1.Candidate.newBuilder()
                        .setId(candidate.id())
                        .setProject(candidate.project())
                        .setReleaseLine(candidate.releaseLine())
                        .setModel(ref(candidate.release().model()))
                        .setJobId(candidate.jobId())
                        .setState(state(candidate.state()))
                        .setVerdict(verdict(candidate.verdict()))
                        .setReason(candidate.reason())
                        .setCreateTime(ProtoTime.of(candidate.createTime()))
                        .putAllMetrics(candidate.metrics());
        ModelVersion parent = candidate.parent();
        if (parent != null) {
            message.setParent(ref(parent));
        }
        String datasetId = candidate.datasetId();
        String datasetSha256 = candidate.datasetSha256();
        if (datasetId != null && datasetSha256 != null) {
            message.setDataset(DatasetRef.newBuilder().setId(datasetId).setSha256(datasetSha256));
        }
        for (GateCheck check : candidate.checks()) {
            message.addChecks(
                    dev.gyre.proto.releases.v1.GateCheck.newBuilder()
                            .setName(check.name())
                            .setValue(check.value())
                            .setLimit(check.limit())
                            .setVerdict(verdict(check.verdict()))
                            .setExplanation(check.explanation()));
        }
        return message.build();
    }

    private static dev.gyre.proto.releases.v1.CandidateState state(CandidateState state) {
        return switch (state) {
            case EVALUATING -> dev.gyre.proto.releases.v1.CandidateState.CANDIDATE_STATE_EVALUATING;
            case MEASURED -> dev.gyre.proto.releases.v1.CandidateState.CANDIDATE_STATE_MEASURED;
            case PROMOTED -> dev.gyre.proto.releases.v1.CandidateState.CANDIDATE_STATE_PROMOTED;
            case REJECTED -> dev.gyre.proto.releases.v1.CandidateState.CANDIDATE_STATE_REJECTED;
        };
    }

    private static GateVerdict verdict(@Nullable Verdict verdict) {
        if (verdict == null) {
            return GateVerdict.GATE_VERDICT_UNSPECIFIED;
        }
        return switch (verdict) {
            case PASS -> GateVerdict.GATE_VERDICT_PASS;
            case FAIL -> GateVerdict.GATE_VERDICT_FAIL;
            case NOT_ENOUGH_EVIDENCE -> GateVerdict.GATE_VERDICT_NOT_ENOUGH_EVIDENCE;
        };
    }

    private static ModelRef ref(ModelVersion model) {
        return ModelRef.newBuilder().setName(model.name()).setVersion(model.version()).build();
    }
}
