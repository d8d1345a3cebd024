package dev.gyre.feedback.datasets;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A pair of answers on whose better one the raters agree enough.
///
/// @param ratingId least id of the ratings that prefer the chosen answer: the row's name
/// @param ratingIds all ratings that counted, those of the minority too, sorted
/// @param chosen completion id of the better answer
/// @param rejected completion id of the other
/// @param strength 2 when more than half of the winning ratings say "much better", else 1
record DecidedPair(
        String ratingId,
        List<String> ratingIds,
        String promptSha256,
        String chosen,
        String rejected,
        int strength) {

    /// Decides every rated pair by majority.
    ///
    /// Each rater has one vote a pair, the newest one. Ties, "both bad" and skips prefer neither. A
    /// pair with as many votes for one answer as for the other, or with none, is left out. The
    /// outcome depends on the votes only, not on their order.
    ///
    /// @return sorted by rating id
    static List<DecidedPair> decide(List<PairVote> votes) {
        Map<String, Map<String, PairVote>> newest = new TreeMap<>();
        for (PairVote vote : votes) {
            newest.computeIfAbsent(pairKey(vote), _ -> new TreeMap<>())
                    .merge(vote.rater(), vote, DecidedPair::newer);
        }
        List<DecidedPair> decided = new ArrayList<>();
        for (Map<String, PairVote> pair : newest.values()) {
            decide(List.copyOf(pair.values()), decided);
        }
        decided.sort(Comparator.comparing(DecidedPair::ratingId));
        return decided;
    }

    private static void decide(List<PairVote> votes, List<DecidedPair> decided) {
        PairVote any = votes.getFirst();
        String left = any.first();
        String right = any.second();
        List<PairVote> forLeft = votes.stream().filter(vote -> left.equals(winner(vote))).toList();
        List<PairVote> forRight =
                votes.stream().filter(vote -> right.equals(winner(vote))).toList();
        if (forLeft.size() == forRight.size()) {
            return;
        }
        boolean leftWins = forLeft.size() > forRight.size();
        List<PairVote> winning = leftWins ? forLeft : forRight;
        long strong = winning.stream().filter(vote -> vote.verdict().isStrong()).count();
        List<String> counted = new ArrayList<>();
        forLeft.forEach(vote -> counted.add(vote.ratingId()));
        forRight.forEach(vote -> counted.add(vote.ratingId()));
        counted.sort(Comparator.naturalOrder());
        decided.add(
                new DecidedPair(
                        winning.stream()
                                .map(PairVote::ratingId)
                                .min(String::compareTo)
                                .orElseThrow(),
                        List.copyOf(counted),
                        any.promptSha256(),
                        leftWins ? left : right,
                        leftWins ? right : left,
                        2 * strong > winning.size() ? 2 : 1));
    }

    private static String winner(PairVote vote) {
        if (vote.verdict().prefersFirst()) {
            return vote.first();
        }
        return vote.verdict().prefersSecond() ? vote.second() : "";
    }

    private static PairVote newer(PairVote one, PairVote other) {
        Comparator<PairVote> byAge =
                Comparator.comparing(PairVote::time).thenComparing(PairVote::ratingId);
        return byAge.compare(one, other) >= 0 ? one : other;
    }

    /// The same for (a, b) and (b, a); ids hold no control characters.
    private static String pairKey(PairVote vote) {
        return vote.first().compareTo(vote.second()) < 0
                ? vote.first() + '\n' + vote.second()
                : vote.second() + '\n' + vote.first();
    }
}
