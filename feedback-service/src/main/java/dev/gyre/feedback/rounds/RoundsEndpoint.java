package dev.gyre.feedback.rounds;

import dev.gyre.access.Identity;
import dev.gyre.access.Role;
import dev.gyre.artifacts.ModelVersion;
import dev.gyre.events.ProtoTime;
import dev.gyre.feedback.datasets.DatasetsEndpoint;
import dev.gyre.feedback.platform.Names;
import dev.gyre.proto.feedback.v1.CreateDatasetRequest;
import dev.gyre.proto.feedback.v1.CreateDatasetResponse;
import dev.gyre.proto.feedback.v1.ListRoundsRequest;
import dev.gyre.proto.feedback.v1.ListRoundsResponse;
import dev.gyre.proto.feedback.v1.StartRoundRequest;
import dev.gyre.proto.feedback.v1.StartRoundResponse;
import dev.gyre.proto.training.v1.ModelRef;
import jakarta.inject.Singleton;

/// The rpc of rounds.
@Singleton
public final class RoundsEndpoint {
    private final Rounds rounds;

    /// @param rounds the rounds
    public RoundsEndpoint(Rounds rounds) {
        this.rounds = rounds;
    }

    /// Seals a data set; for operators.
    public CreateDatasetResponse createDataset(CreateDatasetRequest request, Identity caller) {
        caller.checkRole(Role.OPERATOR);
        return CreateDatasetResponse.newBuilder()
                .setDataset(
                        DatasetsEndpoint.message(
                                rounds.snapshot(
                                        caller.project(request.getProject()),
                                        Names.line(request.getReleaseLine()))))
                .build();
    }

    /// Starts a round; for operators.
    public StartRoundResponse start(StartRoundRequest request, Identity caller) {
        caller.checkRole(Role.OPERATOR);
        Round round =
                rounds.start(
                        caller.project(request.getProject()),
                        Names.line(request.getReleaseLine()),
                        caller.subject());
        return StartRoundResponse.newBuilder().setRound(message(round)).build();
    }

    /// Lists rounds; for everybody of the project.
    public ListRoundsResponse list(ListRoundsRequest request, Identity caller) {
        ListRoundsResponse.Builder response = ListRoundsResponse.newBuilder();
        rounds.list(caller.project(request.getProject()), request.getReleaseLine())
                .forEach(round -> response.addRounds(message(round)));
        return response.build();
    }

    private static dev.gyre.proto.feedback.v1.Round message(Round round) {
        ModelVersion base = round.base();
        return dev.gyre.proto.feedback.v1.Round.newBuilder()
                .setId(round.id())
                .setProject(round.project())
                .setReleaseLine(round.releaseLine())
                .setState(state(round.state()))
                .setDatasetId(round.datasetId())
                .setBase(ModelRef.newBuilder().setName(base.name()).setVersion(base.version()))
                .setRewardJobId(orEmpty(round.rewardJobId()))
                .setPreferenceJobId(orEmpty(round.preferenceJobId()))
                .setEvaluationJobId(orEmpty(round.evaluationJobId()))
                .setCandidateId(orEmpty(round.candidateId()))
                .setError(round.error())
                .setCreateTime(ProtoTime.of(round.createTime()))
                .setUpdateTime(ProtoTime.of(round.updateTime()))
                .build();
    }

    private static dev.gyre.proto.feedback.v1.RoundState state(RoundState state) {
        return switch (state) {
            case REWARD -> dev.gyre.proto.feedback.v1.RoundState.ROUND_STATE_REWARD;
            case PREFERENCE -> dev.gyre.proto.feedback.v1.RoundState.ROUND_STATE_PREFERENCE;
            case EVALUATING -> dev.gyre.proto.feedback.v1.RoundState.ROUND_STATE_EVALUATING;
            case WAITING -> dev.gyre.proto.feedback.v1.RoundState.ROUND_STATE_WAITING;
            case PROMOTED -> dev.gyre.proto.feedback.v1.RoundState.ROUND_STATE_PROMOTED;
            case REJECTED -> dev.gyre.proto.feedback.v1.RoundState.ROUND_STATE_REJECTED;
            case FAILED -> dev.gyre.proto.feedback.v1.RoundState.ROUND_STATE_FAILED;
        };
    }

    private static String orEmpty(@org.jspecify.annotations.Nullable String text) {
        return text == null ? "" : text;
    }
}
