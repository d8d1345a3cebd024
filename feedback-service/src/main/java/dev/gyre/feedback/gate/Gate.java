package dev.gyre.feedback.gate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Decides by measured numbers whether a candidate is better by the raters' taste and not worse as
/// a language model.
///
/// Metrics are those that an `evaluate` job writes (docs/EVALUATION.md). A candidate passes when
/// every check passes, fails when one fails, and otherwise there is not enough evidence. A metric
/// that is missing or not a finite number is never a pass.
public final class Gate {
    /// The reward model is believed when it ranks at least this share of the hold-out pairs right.
    /// Below, its score says little about the raters and is shown but not held against a candidate.
    static final double TRUSTED_REWARD_ACCURACY = 0.6;

    private Gate() {}

    /// Holds measurements against limits.
    ///
    /// @param metrics metrics of the evaluate job by name
    public static GateReport judge(Map<String, Double> metrics, GateLimits limits) {
        List<GateCheck> checks = new ArrayList<>();
        checks.add(holdoutAccuracy(metrics, limits));
        checks.add(textLoss(metrics, limits));
        checks.add(rewardScore(metrics));
        checks.add(lengthShift(metrics, limits));
        Verdict verdict = Verdict.PASS;
        for (GateCheck check : checks) {
            verdict = verdict.and(check.verdict());
        }
        return new GateReport(verdict, checks);
    }

    /// Share of hold-out pairs in which the candidate moved towards the preferred answer. Its lower
    /// bound above the limit passes; a share that is itself not above the limit fails; what lies
    /// between cannot be told from chance with so few pairs.
    private static GateCheck holdoutAccuracy(Map<String, Double> metrics, GateLimits limits) {
        String name = "holdout_accuracy_lower_bound";
        double limit = limits.minHoldoutAccuracy();
        Double pairsMeasured = finite(metrics, "holdout_pairs");
        if (pairsMeasured == null || pairsMeasured < 1) {
            return missing(name, limit, "no hold-out pairs were measured; rate more answers");
        }
        long pairs = Math.round(pairsMeasured);
        Double correct = finite(metrics, "holdout_correct");
        if (correct == null) {
            Double accuracy = finite(metrics, "holdout_accuracy");
            if (accuracy == null) {
                return missing(
                        name, limit, "neither holdout_correct nor holdout_accuracy is there");
            }
            correct = accuracy * pairs;
        }
        // ties count half and make halves; rounding down never flatters the candidate
        long successes = Math.clamp((long) Math.floor(correct + 1e-9), 0, pairs);
        double share = Math.clamp(correct / pairs, 0.0, 1.0);
        WilsonInterval interval = WilsonInterval.of(successes, pairs, limits.confidence());
        String measured =
                text(
                        "%.3f of %d hold-out pairs go the raters' way, %.0f %% interval %.3f to"
                                + " %.3f, limit %.3f",
                        share,
                        pairs,
                        100 * limits.confidence(),
                        interval.lower(),
                        interval.upper(),
                        limit);
        if (pairs < limits.minHoldoutPairs()) {
            return new GateCheck(
                    name,
                    interval.lower(),
                    limit,
                    Verdict.NOT_ENOUGH_EVIDENCE,
                    measured + "; at least " + limits.minHoldoutPairs() + " pairs are needed");
        }
        if (interval.lower() > limit) {
            return new GateCheck(name, interval.lower(), limit, Verdict.PASS, measured);
        }
        if (share <= limit) {
            return new GateCheck(
                    name, interval.lower(), limit, Verdict.FAIL, measured + ": not better");
        }
        return new GateCheck(
                name,
                interval.lower(),
                limit,
                Verdict.NOT_ENOUGH_EVIDENCE,
                measured + ": cannot be told from chance, more pairs would");
    }

    private static GateCheck textLoss(Map<String, Double> metrics, GateLimits limits) {
        String name = "text_loss_increase";
        double limit = limits.maxTextLossIncrease();
        Double candidate = finite(metrics, "text_loss_candidate");
        Double base = finite(metrics, "text_loss_base");
        if (candidate == null || base == null) {
            return missing(name, limit, "the loss on held-out text was not measured for both");
        }
        double increase = candidate - base;
        return new GateCheck(
                name,
                increase,
                limit,
                increase <= limit ? Verdict.PASS : Verdict.FAIL,
                text(
                        "held-out text costs %.4f nats per token, the base's %.4f: %+.4f, limit"
                                + " %+.4f",
                        candidate, base, increase, limit));
    }

    private static GateCheck rewardScore(Map<String, Double> metrics) {
        String name = "reward_score_increase";
        Double candidate = finite(metrics, "reward_score_candidate");
        Double base = finite(metrics, "reward_score_base");
        Double accuracy = finite(metrics, "reward_accuracy");
        if (candidate == null || base == null) {
            return missing(name, 0, "no sampled answers were scored by the reward model");
        }
        double increase = candidate - base;
        String measured =
                text(
                        "the reward model gives sampled answers %.4f, the base's %.4f: %+.4f",
                        candidate, base, increase);
        if (increase >= 0) {
            return new GateCheck(name, increase, 0, Verdict.PASS, measured);
        }
        if (accuracy == null || accuracy < TRUSTED_REWARD_ACCURACY) {
            return new GateCheck(
                    name,
                    increase,
                    0,
                    Verdict.PASS,
                    measured
                            + "; not held against it, since the reward model ranks "
                            + (accuracy == null ? "an unknown share" : text("%.2f", accuracy))
                            + text(
                                    " of the hold-out pairs right and is believed from %.2f",
                                    TRUSTED_REWARD_ACCURACY));
        }
        return new GateCheck(name, increase, 0, Verdict.FAIL, measured);
    }

    private static GateCheck lengthShift(Map<String, Double> metrics, GateLimits limits) {
        String name = "length_shift";
        double limit = limits.maxLengthShift();
        Double candidate = finite(metrics, "mean_length_candidate");
        Double base = finite(metrics, "mean_length_base");
        if (candidate == null || base == null || base <= 0) {
            return missing(name, limit, "the mean length of answers was not measured for both");
        }
        double shift = candidate / base - 1;
        return new GateCheck(
                name,
                shift,
                limit,
                Math.abs(shift) <= limit ? Verdict.PASS : Verdict.FAIL,
                text(
                        "answers have %.1f tokens on average, the base's %.1f: %+.0f %%, limit"
                                + " ±%.0f %%",
                        candidate, base, 100 * shift, 100 * limit));
    }

    private static GateCheck missing(String name, double limit, String why) {
        return new GateCheck(name, Double.NaN, limit, Verdict.NOT_ENOUGH_EVIDENCE, why);
    }

    private static @Nullable Double finite(Map<String, Double> metrics, String name) {
        Double value = metrics.get(name);
        return value == null || !Double.isFinite(value) ? null : value;
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
