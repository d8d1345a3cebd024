package dev.gyre.feedback.policies;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import dev.gyre.access.FailureException;
import dev.gyre.access.Identity;
import dev.gyre.access.Role;
import dev.gyre.feedback.gate.GateLimits;
import dev.gyre.feedback.platform.Names;
import dev.gyre.proto.feedback.v1.GetPolicyRequest;
import dev.gyre.proto.feedback.v1.GetPolicyResponse;
import dev.gyre.proto.feedback.v1.RetrainingPolicy;
import dev.gyre.proto.feedback.v1.SetPolicyRequest;
import dev.gyre.proto.feedback.v1.SetPolicyResponse;
import dev.gyre.proto.training.v1.DpoJob;
import dev.gyre.proto.training.v1.EvaluateJob;
import dev.gyre.proto.training.v1.RewardJob;
import jakarta.inject.Singleton;

/// The rpc of policies.
@Singleton
public final class PoliciesEndpoint {
    private static final JsonFormat.Printer PRINTER =
            JsonFormat.printer().preservingProtoFieldNames();

    private final Policies policies;

    /// @param policies the policies
    public PoliciesEndpoint(Policies policies) {
        this.policies = policies;
    }

    /// Reads a policy; for everybody of the project.
    public GetPolicyResponse get(GetPolicyRequest request, Identity caller) {
        Policy policy =
                policies.get(
                        caller.project(request.getProject()), Names.line(request.getReleaseLine()));
        return GetPolicyResponse.newBuilder().setPolicy(message(policy)).build();
    }

    /// Replaces a policy; for operators.
    public SetPolicyResponse set(SetPolicyRequest request, Identity caller) {
        caller.checkRole(Role.OPERATOR);
        RetrainingPolicy asked = request.getPolicy();
        Policy policy = policy(asked, caller.project(asked.getProject()));
        policies.set(policy);
        return SetPolicyResponse.newBuilder().setPolicy(message(policy)).build();
    }

    private static Policy policy(RetrainingPolicy asked, String project) {
        if (asked.getReward().hasBase()
                || asked.getReward().hasDataset()
                || asked.getDpo().hasBase()
                || asked.getDpo().hasDataset()
                || asked.getEvaluate().hasCandidate()
                || asked.getEvaluate().hasBase()
                || asked.getEvaluate().hasDataset()
                || asked.getEvaluate().hasReward()) {
            throw FailureException.invalid(
                    "policy",
                    "models and data set of the jobs are set by the round; leave them out");
        }
        return new Policy(
                project,
                asked.getReleaseLine(),
                asked.getEnabled(),
                asked.getMinNewPairs() == 0 ? Policy.DEFAULT_MIN_NEW_PAIRS : asked.getMinNewPairs(),
                asked.getCooldownSeconds(),
                asked.getAutoPromote(),
                asked.getHoldoutShare() == 0
                        ? Policy.DEFAULT_HOLDOUT_SHARE
                        : asked.getHoldoutShare(),
                new JobSettings(
                        print(asked.getReward()),
                        print(asked.getDpo()),
                        print(asked.getEvaluate())),
                new GateLimits(
                        asked.getGate().getMinHoldoutAccuracy(),
                        asked.getGate().getConfidence(),
                        asked.getGate().getMaxTextLossIncrease(),
                        asked.getGate().getMaxLengthShift(),
                        asked.getGate().getMinHoldoutPairs()));
    }

    private static RetrainingPolicy message(Policy policy) {
        return RetrainingPolicy.newBuilder()
                .setProject(policy.project())
                .setReleaseLine(policy.releaseLine())
                .setEnabled(policy.enabled())
                .setMinNewPairs(policy.minNewPairs())
                .setCooldownSeconds(policy.cooldownSeconds())
                .setAutoPromote(policy.autoPromote())
                .setHoldoutShare(policy.holdoutShare())
                .setReward((RewardJob) parse(policy.jobs().reward(), RewardJob.newBuilder()))
                .setDpo((DpoJob) parse(policy.jobs().dpo(), DpoJob.newBuilder()))
                .setEvaluate(
                        (EvaluateJob) parse(policy.jobs().evaluate(), EvaluateJob.newBuilder()))
                .setGate(
                        dev.gyre.proto.feedback.v1.GateLimits.newBuilder()
                                .setMinHoldoutAccuracy(policy.gate().minHoldoutAccuracy())
                                .setConfidence(policy.gate().confidence())
                                .setMaxTextLossIncrease(policy.gate().maxTextLossIncrease())
                                .setMaxLengthShift(policy.gate().maxLengthShift())
                                .setMinHoldoutPairs(policy.gate().minHoldoutPairs()))
                .build();
    }

    private static Message parse(String json, Message.Builder builder) {
        try {
            JsonFormat.parser().merge(json, builder);
            return builder.build();
        } catch (InvalidProtocolBufferException malformed) {
            throw FailureException.invalid(
                    "policy", "the policy is not readable: " + malformed.getMessage());
        }
    }

    private static String print(Message message) {
        try {
            return PRINTER.print(message);
        } catch (InvalidProtocolBufferException impossible) {
            throw new IllegalStateException("cannot print " + message, impossible);
        }
    }
}
