package dev.gyre.feedback.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GateTest {
    private static final Map<String, Double> GOOD =
            Map.ofEntries(
                    Map.entry("holdout_pairs", 256.0),
                    Map.entry("holdout_accuracy", 160 / 256.0),
                    Map.entry("holdout_correct", 160.0),
                    Map.entry("text_loss_candidate", 2.05),
                    Map.entry("text_loss_base", 2.0),
                    Map.entry("reward_score_candidate", 0.4),
                    Map.entry("reward_score_base", 0.1),
                    Map.entry("reward_accuracy", 0.67),
                    Map.entry("mean_length_candidate", 44.0),
                    Map.entry("mean_length_base", 40.0));

    @Test
    void passesWhatIsBetterAndNotWorse() {
        GateReport report = Gate.judge(GOOD, GateLimits.DEFAULTS);

        assertThat(report.verdict()).isEqualTo(Verdict.PASS);
        assertThat(report.checks())
                .extracting(GateCheck::name)
                .containsExactly(
                        "holdout_accuracy_lower_bound",
                        "text_loss_increase",
                        "reward_score_increase",
                        "length_shift");
        assertThat(report.checks()).extracting(GateCheck::verdict).containsOnly(Verdict.PASS);
    }

    /// 256 pairs: 145 right has the lower bound 0.505, 144 right 0.501, 143 right 0.497.
    @ParameterizedTest
    @CsvSource({
        "256, 256, PASS",
        "145, 256, PASS",
        "144, 256, PASS",
        "143, 256, NOT_ENOUGH_EVIDENCE",
        "129, 256, NOT_ENOUGH_EVIDENCE",
        "128, 256, FAIL",
        "100, 256, FAIL",
        "0, 256, FAIL",
        "8, 8, PASS",
        "7, 8, PASS",
        "6, 8, NOT_ENOUGH_EVIDENCE",
        "4, 8, FAIL",
        "1, 8, FAIL",
        "7, 7, NOT_ENOUGH_EVIDENCE",
        "0, 7, NOT_ENOUGH_EVIDENCE"
    })
    void holdsTheHoldoutAccuracyAgainstTheLimit(double correct, double pairs, Verdict verdict) {
        GateReport report =
                Gate.judge(
                        with("holdout_correct", correct, "holdout_pairs", pairs),
                        GateLimits.DEFAULTS);

        assertThat(report.verdict()).isEqualTo(verdict);
        assertThat(report.checks().getFirst().verdict()).isEqualTo(verdict);
    }

    @Test
    void roundsHalfARightPairDown() {
        GateReport report =
                Gate.judge(with("holdout_correct", 6.5, "holdout_pairs", 8.0), GateLimits.DEFAULTS);

        assertThat(report.checks().getFirst().value())
                .isEqualTo(WilsonInterval.of(6, 8, 0.95).lower());
    }

    @Test
    void takesTheAccuracyWhereTheCountIsMissing() {
        Map<String, Double> metrics = with("holdout_accuracy", 0.9, "holdout_pairs", 100.0);
        metrics.remove("holdout_correct");

        GateReport report = Gate.judge(metrics, GateLimits.DEFAULTS);

        assertThat(report.checks().getFirst().value())
                .isEqualTo(WilsonInterval.of(90, 100, 0.95).lower());
    }

    @ParameterizedTest
    @CsvSource({"2.10, PASS", "2.1000001, FAIL", "1.5, PASS", "3.0, FAIL"})
    void holdsTheTextLossAgainstTheLimit(double candidate, Verdict verdict) {
        GateReport report =
                Gate.judge(with("text_loss_candidate", candidate), exactly(0.1000000001));

        assertThat(report.verdict()).isEqualTo(verdict);
    }

    private static GateLimits exactly(double textLoss) {
        return new GateLimits(0, 0, textLoss, 0, 0);
    }

    @Test
    void failsAWorseRewardWhenTheRewardModelIsBelieved() {
        assertThat(Gate.judge(with("reward_score_candidate", 0.0), GateLimits.DEFAULTS).verdict())
                .isEqualTo(Verdict.FAIL);
        assertThat(
                        Gate.judge(
                                        with(
                                                "reward_score_candidate",
                                                0.0,
                                                "reward_accuracy",
                                                0.55),
                                        GateLimits.DEFAULTS)
                                .verdict())
                .isEqualTo(Verdict.PASS);
    }

    @ParameterizedTest
    @CsvSource({"60, PASS", "61, FAIL", "20, PASS", "19, FAIL"})
    void holdsTheLengthAgainstTheLimit(double length, Verdict verdict) {
        assertThat(Gate.judge(with("mean_length_candidate", length), GateLimits.DEFAULTS).verdict())
                .isEqualTo(verdict);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "holdout_pairs",
                "text_loss_candidate",
                "text_loss_base",
                "reward_score_candidate",
                "reward_score_base",
                "mean_length_candidate",
                "mean_length_base"
            })
    void neverPassesWhatWasNotMeasured(String missing) {
        Map<String, Double> without = new HashMap<>(GOOD);
        without.remove(missing);

        assertThat(Gate.judge(without, GateLimits.DEFAULTS).verdict())
                .isEqualTo(Verdict.NOT_ENOUGH_EVIDENCE);
        assertThat(Gate.judge(with(missing, Double.NaN), GateLimits.DEFAULTS).verdict())
                .isEqualTo(Verdict.NOT_ENOUGH_EVIDENCE);
    }

    @Test
    void oneFailureOutweighsMissingEvidence() {
        GateReport report =
                Gate.judge(
                        with("text_loss_candidate", 9.0, "mean_length_base", Double.NaN),
                        GateLimits.DEFAULTS);

        assertThat(report.verdict()).isEqualTo(Verdict.FAIL);
    }

    @Test
    void nothingMeasuredIsNotEnoughEvidence() {
        GateReport report = Gate.judge(Map.of(), GateLimits.DEFAULTS);

        assertThat(report.verdict()).isEqualTo(Verdict.NOT_ENOUGH_EVIDENCE);
        assertThat(report.checks()).hasSize(4).allMatch(check -> !check.explanation().isBlank());
    }

    @Test
    void explainsWithTheNumbers() {
        assertThat(Gate.judge(GOOD, GateLimits.DEFAULTS).checks().getFirst().explanation())
                .isEqualTo(
                        "0.625 of 256 hold-out pairs go the raters' way, 95 % interval 0.564 to"
                                + " 0.682, limit 0.500");
    }

    @Test
    void limitsFillInTheirDefaultsAndRefuseNonsense() {
        assertThat(new GateLimits(0, 0, 0, 0, 0))
                .isEqualTo(new GateLimits(0.5, 0.95, 0.10, 0.5, 8));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new GateLimits(1.5, 0, 0, 0, 0))
                .withMessageContaining("gate.min_holdout_accuracy is 1.5");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new GateLimits(0, 0, -1, 0, 0))
                .withMessageContaining("max_text_loss_increase");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new GateLimits(Double.NaN, 0, 0, 0, 0));
    }

    private static Map<String, Double> with(String name, double value) {
        Map<String, Double> metrics = new HashMap<>(GOOD);
        metrics.put(name, value);
        return metrics;
    }

    private static Map<String, Double> with(
            String name, double value, String other, double otherValue) {
        Map<String, Double> metrics = with(name, value);
        metrics.put(other, otherValue);
        return metrics;
    }
}
