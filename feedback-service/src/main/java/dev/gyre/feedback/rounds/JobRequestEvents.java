package dev.gyre.feedback.rounds;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import dev.gyre.artifacts.ModelVersion;
import dev.gyre.events.Event;
import dev.gyre.events.Topic;
import dev.gyre.feedback.datasets.Dataset;
import dev.gyre.feedback.platform.Outgoing;
import dev.gyre.feedback.policies.JobSettings;
import dev.gyre.proto.training.v1.DatasetRef;
import dev.gyre.proto.training.v1.DpoJob;
import dev.gyre.proto.training.v1.EvaluateJob;
import dev.gyre.proto.training.v1.JobRequestEvent;
import dev.gyre.proto.training.v1.JobRequested;
import dev.gyre.proto.training.v1.JobSpec;
import dev.gyre.proto.training.v1.ModelRef;
import dev.gyre.proto.training.v1.RewardJob;
import org.jdbi.v3.core.Handle;

/// Asks trainer-service for a round's jobs.
final class JobRequestEvents {
    private JobRequestEvents() {}

    static void request(
            Handle transaction, Round round, RoundJob job, Dataset dataset, JobSettings settings) {
        String requestId = job.requestId(round.id());
        JobRequested requested =
                JobRequested.newBuilder()
                        .setRequestId(requestId)
                        .setProject(round.project())
                        .setSpec(specification(round, job, dataset, settings))
                        .setRequestedBy(round.startedBy())
                        .build();
        Outgoing.append(
                transaction,
                Topic.JOB_REQUESTS,
                Event.of(
                        requestId,
                        requestId,
                        JobRequestEvent.newBuilder().setRequested(requested).build(),
                        round.updateTime()));
    }

    private static JobSpec specification(
            Round round, RoundJob job, Dataset dataset, JobSettings settings) {
        DatasetRef data =
                DatasetRef.newBuilder().setId(dataset.id()).setSha256(dataset.sha256()).build();
        ModelRef base = ref(round.base());
        return switch (job) {
            case REWARD ->
                    JobSpec.newBuilder()
                            .setReward(
                                    merge(settings.reward(), RewardJob.newBuilder())
                                            .setBase(base)
                                            .setDataset(data))
                            .build();
            case PREFERENCE ->
                    JobSpec.newBuilder()
                            .setDpo(
                                    merge(settings.dpo(), DpoJob.newBuilder())
                                            .setBase(base)
                                            .setDataset(data))
                            .build();
            case EVALUATION -> {
                EvaluateJob.Builder evaluate =
                        merge(settings.evaluate(), EvaluateJob.newBuilder())
                                .setCandidate(
                                        ref(
                                                ModelVersion.parse(
                                                        String.valueOf(round.candidateId()))))
                                .setBase(base)
                                .setDataset(data);
                ModelVersion reward = round.rewardModel();
                if (reward != null) {
                    evaluate.setReward(ref(reward));
                }
                yield JobSpec.newBuilder().setEvaluate(evaluate).build();
            }
        };
    }

    private static <B extends Message.Builder> B merge(String settings, B builder) {
        try {
            JsonFormat.parser().ignoringUnknownFields().merge(settings, builder);
            return builder;
        } catch (InvalidProtocolBufferException unreadable) {
            throw new IllegalStateException("a policy's settings are not readable", unreadable);
        }
    }

    private static ModelRef ref(ModelVersion model) {
        return ModelRef.newBuilder().setName(model.name()).setVersion(model.version()).build();
    }
}
