package dev.gyre.cli.demo;

import dev.gyre.proto.releases.v1.GateVerdict;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What the demo measured, and whether it is what the loop promises.
///
/// @param rows base against base, then each round of the rater's arm, then of the coin's
public record DemoReport(List<Row> rows, int rounds) {
    private static final double MIN_SHARE = 0.62;
    private static final double MIN_LOWER_BOUND = 0.55;
    private static final double MIN_ADVANTAGE = 0.12;

    public DemoReport {
        rows = List.copyOf(rows);
    }

    /// One version against the original base.
    ///
    /// @param share how often its answer is more to the rater's taste, without the rater's noise
    /// @param meanTokens mean length of its answers
    /// @param repetition mean share of repeated word bigrams
    /// @param outcome the round that made it; null for the base itself
    record Row(
            String name,
            WinRate share,
            double meanTokens,
            double repetition,
            Arm.@Nullable Outcome outcome) {
        private String metric(String key) {
            Double value = outcome == null ? null : outcome.metrics().get(key);
            return value == null ? "-" : String.format("%.3f", value);
        }

        private String textLossChange() {
            Double candidate =
                    outcome == null ? null : outcome.metrics().get("text_loss_candidate");
            Double base = outcome == null ? null : outcome.metrics().get("text_loss_base");
            return candidate == null || base == null
                    ? "-"
                    : String.format("%+.3f", candidate - base);
        }

        private String gate() {
            return outcome == null ? "-" : words(outcome.candidate().getVerdict());
        }

        private boolean passed() {
            return outcome != null
                    && outcome.candidate().getVerdict() == GateVerdict.GATE_VERDICT_PASS;
        }
    }

    /// Prints the table and, below it, each promise that was not kept.
    public void print(PrintStream out) {
        out.println();
        out.println(
                "Follows the rater: share of prompts at which the answer is more to the rater's taste than the");
        out.println(
                "original base's (ties half, 95 % bootstrap interval). Not a measure of better text.");
        out.println();
        out.printf(
                "%-18s %-22s %-20s %8s %8s %8s %8s %7s %7s%n",
                "", "share", "gate", "holdout", "reward", "KL", "loss", "tokens", "repeat");
        for (Row row : rows) {
            out.printf(
                    "%-18s %-22s %-20s %8s %8s %8s %8s %7.1f %7.3f%n",
                    row.name(),
                    row.share(),
                    row.gate(),
                    row.metric("holdout_accuracy"),
                    row.metric("reward_accuracy"),
                    row.metric("kl_per_token"),
                    row.textLossChange(),
                    row.meanTokens(),
                    row.repetition());
        }
        out.println();
        out.println(
                "holdout, reward: accuracy of candidate and reward model on the gate's pairs; KL: nats per token");
        out.println(
                "from its base; loss: change on held-out text in nats per token; repeat: share of repeated bigrams.");
        broken().forEach(promise -> out.println("NOT AS PROMISED: " + promise));
    }

    /// The promises that were not kept; empty when all is well.
    public List<String> broken() {
        Row treated = rows.get(rounds);
        Row control = rows.get(2 * rounds);
        List<String> broken = new ArrayList<>();
        require(
                broken,
                treated.share().share() >= MIN_SHARE,
                "share %.3f is below %.2f",
                treated.share().share(),
                MIN_SHARE);
        require(
                broken,
                treated.share().low() > MIN_LOWER_BOUND,
                "the lower bound %.3f is not above %.2f",
                treated.share().low(),
                MIN_LOWER_BOUND);
        double advantage = treated.share().share() - control.share().share();
        require(
                broken,
                advantage >= MIN_ADVANTAGE,
                "the rater's arm is only %.3f above the coin's, wanted is %.2f",
                advantage,
                MIN_ADVANTAGE);
        for (Row row : rows.subList(rounds + 1, rows.size())) {
            require(
                    broken,
                    !row.passed(),
                    "the gate passed a candidate trained on coin labels (%s)",
                    row.name());
        }
        return broken;
    }

    private static void require(
            List<String> broken, boolean kept, String message, Object... values) {
        if (!kept) {
            broken.add(String.format(message, values));
        }
    }

    static String words(GateVerdict verdict) {
        return verdict.name()
                .replace("GATE_VERDICT_", "")
                .toLowerCase(Locale.ROOT)
                .replace('_', ' ');
    }
}
