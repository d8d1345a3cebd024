package dev.gyre.feedback.rounds;

import dev.gyre.access.FailureException;
import dev.gyre.feedback.datasets.Datasets;
import dev.gyre.feedback.policies.Policies;
import dev.gyre.feedback.policies.Policy;
import dev.gyre.feedback.releases.Release;
import dev.gyre.feedback.releases.ReleaseLine;
import dev.gyre.feedback.releases.Releases;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Starts the rounds that are due, and ends those that a person has decided.
///
/// Several replicas may look at once: of two starts, the table takes one.
@Singleton
public final class RoundStarter {
    /// Subject of rounds that start by themselves.
    static final String BY_POLICY = "policy";

    private final Rounds rounds;
    private final Datasets datasets;
    private final Policies policies;
    private final Releases releases;
    private final Clock clock;

    /// What the last look at a line counted, so that an unchanged ledger is not counted again.
    private final Map<String, Counted> counted = new HashMap<>();

    private record Seen(
            long ledgerMark, Release promoted, double holdoutShare, Optional<String> lastDataset) {}

    private record Counted(Seen seen, int newPairs) {}

    /// @param rounds starts them
    public RoundStarter(
            Rounds rounds, Datasets datasets, Policies policies, Releases releases, Clock clock) {
        this.rounds = rounds;
        this.datasets = datasets;
        this.policies = policies;
        this.releases = releases;
        this.clock = clock;
    }

    /// Looks once at every line. Called by one thread.
    public synchronized void look() {
        rounds.settle();
        for (ReleaseLine line : releases.all()) {
            Release promoted = line.promoted();
            Policy policy = policies.get(line.project(), line.name());
            if (promoted != null && policy.enabled()) {
                startIfDue(line, promoted, policy);
            }
        }
    }

    private void startIfDue(ReleaseLine line, Release promoted, Policy policy) {
        Optional<Round> last = rounds.newest(line.project(), line.name());
        if (last.filter(round -> round.awaits() != null).isPresent()) {
            return;
        }
        Optional<Instant> lastStart = last.map(Round::createTime);
        int newPairs = newPairs(line, promoted, policy, last.map(Round::datasetId));
        if (!policy.isDue(newPairs, lastStart, clock.instant())) {
            return;
        }
        try {
            rounds.start(line.project(), line.name(), BY_POLICY);
        } catch (FailureException overtaken) {
            // a person or another replica was faster; the next look sees what they did
        }
    }

    private int newPairs(
            ReleaseLine line, Release promoted, Policy policy, Optional<String> lastDataset) {
        Seen seen =
                new Seen(
                        datasets.ledgerMark(line.project()),
                        promoted,
                        policy.holdoutShare(),
                        lastDataset);
        String key = line.project() + "/" + line.name();
        Counted before = counted.get(key);
        if (before != null && before.seen().equals(seen)) {
            return before.newPairs();
        }
        int newPairs =
                datasets.newTrainingPairs(
                        line.project(), promoted.model(), policy.holdoutShare(), lastDataset);
        counted.put(key, new Counted(seen, newPairs));
        return newPairs;
    }
}
