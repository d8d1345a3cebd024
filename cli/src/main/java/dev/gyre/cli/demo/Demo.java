package dev.gyre.cli.demo;

import dev.gyre.access.Identity;
import dev.gyre.cli.client.JobLines;
import dev.gyre.cli.client.Services;
import dev.gyre.cli.machine.CliException;
import dev.gyre.cli.terminal.Progress;
import dev.gyre.proto.releases.v1.GetReleaseLineRequest;
import dev.gyre.proto.releases.v1.ReleaseLine;
import dev.gyre.proto.training.v1.ModelRef;
import dev.gyre.training.wordnet.WordNetText;
import io.grpc.StatusException;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Proves the loop without a person: an artificial rater with a known taste rates the starter
/// model's answers, and after two rounds of retraining, gate and promotion the served model must
/// follow that taste, while a control arm whose labels are a fair coin must not.
///
/// Everything goes through the services' public doors; the two arms are projects of their own.
public final class Demo {
    private static final double AGREEMENT = 0.8;
    private static final String LINE = "starter";

    private final Function<List<String>, Services> services;
    private final Size size;
    private final long seed;
    private final PrintStream out;

    /// How large the experiment is.
    ///
    /// @param rounds rounds of retraining
    /// @param prompts rated prompts per round; about a quarter of the pairs is the gate's
    /// @param measured prompts of the final measurement
    public record Size(int rounds, int prompts, int measured) {
        public Size {
            if (rounds < 1 || prompts < 16 || measured < 16) {
                throw new IllegalArgumentException(
                        "the demo needs at least 1 round, 16 prompts and 16 measured prompts, not "
                                + rounds
                                + ", "
                                + prompts
                                + " and "
                                + measured);
            }
        }
    }

    /// @param services opens the services as somebody who belongs to the given projects
    /// @param out takes the report
    public Demo(Function<List<String>, Services> services, Size size, long seed, PrintStream out) {
        this.services = services;
        this.size = size;
        this.seed = seed;
        this.out = out;
    }

    /// Runs it.
    ///
    /// @return what was measured
    public DemoReport run() throws IOException, StatusException, InterruptedException {
        ModelRef base = starter();
        WordNetText text = WordNetText.make();
        List<List<String>> prompts = prompts(text);
        String run = "demo-" + Instant.now().getEpochSecond();
        try (Services tasteServices =
                        services.apply(List.of(run + "-taste", Identity.DEFAULT_PROJECT));
                Services coinServices =
                        services.apply(List.of(run + "-coin", Identity.DEFAULT_PROJECT));
                Progress progress = new Progress()) {
            Answers answers = new Answers(tasteServices);
            Arm treatment = new Arm(tasteServices, run + "-taste", answers);
            Arm control = new Arm(coinServices, run + "-coin", new Answers(coinServices));
            treatment.begin(base);
            control.begin(base);

            List<Arm.Pair> pairs = treatment.sample(prompts.getFirst(), seed + 1, progress);
            Taste taste =
                    Taste.standardisedOn(Taste.Frequencies.of(text.trainDocuments()), texts(pairs));
            Rater rater = Rater.Noisy.agreeing(differences(pairs, taste), AGREEMENT, seed);
            List<Arm.Outcome> treated = new ArrayList<>();
            List<Arm.Outcome> controlled = new ArrayList<>();
            for (int round = 1; round <= size.rounds(); round++) {
                List<String> asked = prompts.get(round - 1);
                if (round > 1) {
                    pairs = treatment.sample(asked, seed + round, progress);
                }
                treatment.rate(round, pairs, taste, rater);
                treated.add(say("round " + round, treatment.retrain(progress)));

                List<Arm.Pair> same = control.sample(asked, seed + round, progress);
                control.rate(round, same, taste, new Rater.Coin(seed + round));
                controlled.add(say("control, round " + round, control.retrain(progress)));
            }
            return measure(base, treated, controlled, answers, prompts.getLast(), taste, progress);
        }
    }

    private DemoReport measure(
            ModelRef base,
            List<Arm.Outcome> treated,
            List<Arm.Outcome> controlled,
            Answers answers,
            List<String> prompts,
            Taste taste,
            Progress progress)
            throws InterruptedException {
        List<Answers.Answer> ofBase =
                answers.of(JobLines.model(base), prompts, seed + 101, progress);
        List<Answers.Answer> again =
                answers.of(JobLines.model(base), prompts, seed + 102, progress);
        List<DemoReport.Row> rows = new ArrayList<>();
        rows.add(row("base against base", null, again, ofBase, taste));
        Map<String, List<Arm.Outcome>> arms = new LinkedHashMap<>();
        arms.put("rater", treated);
        arms.put("coin", controlled);
        for (Map.Entry<String, List<Arm.Outcome>> arm : arms.entrySet()) {
            for (int round = 1; round <= size.rounds(); round++) {
                Arm.Outcome outcome = arm.getValue().get(round - 1);
                String version = JobLines.model(outcome.candidate().getModel());
                List<Answers.Answer> sampled = answers.of(version, prompts, seed + 102, progress);
                rows.add(row(arm.getKey() + ", round " + round, outcome, sampled, ofBase, taste));
            }
        }
        return new DemoReport(rows, size.rounds());
    }

    private DemoReport.Row row(
            String name,
            Arm.@Nullable Outcome outcome,
            List<Answers.Answer> sampled,
            List<Answers.Answer> ofBase,
            Taste taste) {
        double[] differences =
                IntStream.range(0, sampled.size())
                        .mapToDouble(
                                i ->
                                        taste.of(sampled.get(i).text())
                                                - taste.of(ofBase.get(i).text()))
                        .toArray();
        return new DemoReport.Row(
                name,
                WinRate.of(differences, seed),
                sampled.stream().mapToInt(Answers.Answer::tokens).average().orElseThrow(),
                sampled.stream()
                        .mapToDouble(answer -> Taste.repetition(answer.text()))
                        .average()
                        .orElseThrow(),
                outcome);
    }

    private ModelRef starter() throws StatusException {
        try (Services local = services.apply(List.of())) {
            ReleaseLine line =
                    local.releases()
                            .getReleaseLine(
                                    GetReleaseLineRequest.newBuilder().setName(LINE).build())
                            .getLine();
            return line.getPromoted();
        }
    }

    /// Disjoint prompts: one list per round, and the last for the measurement.
    private List<List<String>> prompts(WordNetText text) {
        List<String> all = new ArrayList<>(text.holdoutPrompts());
        Collections.shuffle(all, new Random(seed));
        int needed = size.rounds() * size.prompts() + size.measured();
        if (all.size() < needed) {
            throw new CliException(
                    "the held-out text has "
                            + all.size()
                            + " prompts, this demo needs "
                            + needed
                            + "; ask for fewer with --prompts or --measured");
        }
        List<List<String>> parts = new ArrayList<>();
        for (int round = 0; round < size.rounds(); round++) {
            parts.add(all.subList(round * size.prompts(), (round + 1) * size.prompts()));
        }
        parts.add(all.subList(needed - size.measured(), needed));
        return parts;
    }

    private Arm.Outcome say(String round, Arm.Outcome outcome) {
        out.printf(
                "%s: gate says %s, %s%n",
                round,
                DemoReport.words(outcome.candidate().getVerdict()),
                outcome.isPromoted() ? "promoted" : "not promoted");
        return outcome;
    }

    private static List<String> texts(List<Arm.Pair> pairs) {
        return pairs.stream()
                .flatMap(pair -> Stream.of(pair.first().text(), pair.second().text()))
                .toList();
    }

    private static double[] differences(List<Arm.Pair> pairs, Taste taste) {
        return pairs.stream()
                .mapToDouble(pair -> taste.of(pair.first().text()) - taste.of(pair.second().text()))
                .toArray();
    }
}
