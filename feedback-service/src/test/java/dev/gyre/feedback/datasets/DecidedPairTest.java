package dev.gyre.feedback.datasets;

import static dev.gyre.feedback.ratings.PairVerdict.BOTH_BAD;
import static dev.gyre.feedback.ratings.PairVerdict.FIRST_BETTER;
import static dev.gyre.feedback.ratings.PairVerdict.FIRST_MUCH_BETTER;
import static dev.gyre.feedback.ratings.PairVerdict.SECOND_BETTER;
import static dev.gyre.feedback.ratings.PairVerdict.SECOND_MUCH_BETTER;
import static dev.gyre.feedback.ratings.PairVerdict.SKIPPED;
import static dev.gyre.feedback.ratings.PairVerdict.TIE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gyre.feedback.ratings.PairVerdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DecidedPairTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    @Test
    void takesThePreferenceOfASingleRating() {
        assertThat(DecidedPair.decide(List.of(vote("r1", "a", "b", "ann", FIRST_BETTER, 0))))
                .containsExactly(new DecidedPair("r1", List.of("r1"), "prompt", "a", "b", 1));
        assertThat(DecidedPair.decide(List.of(vote("r1", "a", "b", "ann", SECOND_MUCH_BETTER, 0))))
                .containsExactly(new DecidedPair("r1", List.of("r1"), "prompt", "b", "a", 2));
    }

    @ParameterizedTest
    @EnumSource(names = {"TIE", "BOTH_BAD", "SKIPPED"})
    void leavesOutWhatPrefersNeither(PairVerdict verdict) {
        assertThat(DecidedPair.decide(List.of(vote("r1", "a", "b", "ann", verdict, 0)))).isEmpty();
    }

    @Test
    void theMajorityDecidesWhicheverWayRoundThePairWasShown() {
        List<PairVote> votes =
                List.of(
                        vote("r3", "a", "b", "ann", FIRST_BETTER, 0),
                        vote("r2", "b", "a", "bob", SECOND_MUCH_BETTER, 1),
                        vote("r1", "b", "a", "cem", FIRST_BETTER, 2),
                        vote("r0", "a", "b", "dee", TIE, 3));

        assertThat(DecidedPair.decide(votes))
                .containsExactly(
                        new DecidedPair("r2", List.of("r1", "r2", "r3"), "prompt", "a", "b", 1));
    }

    @Test
    void asManyForOneAsForTheOtherIsLeftOut() {
        assertThat(
                        DecidedPair.decide(
                                List.of(
                                        vote("r1", "a", "b", "ann", FIRST_BETTER, 0),
                                        vote("r2", "a", "b", "bob", SECOND_BETTER, 1),
                                        vote("r3", "a", "b", "cem", BOTH_BAD, 2))))
                .isEmpty();
    }

    @Test
    void aRatersNewestVoteReplacesTheOlderOnes() {
        assertThat(
                        DecidedPair.decide(
                                List.of(
                                        vote("r2", "a", "b", "ann", SECOND_BETTER, 60),
                                        vote("r1", "a", "b", "ann", FIRST_BETTER, 0))))
                .containsExactly(new DecidedPair("r2", List.of("r2"), "prompt", "b", "a", 1));
        assertThat(
                        DecidedPair.decide(
                                List.of(
                                        vote("r1", "a", "b", "ann", FIRST_BETTER, 0),
                                        vote("r2", "b", "a", "ann", SKIPPED, 60))))
                .isEmpty();
    }

    @Test
    void aStrongMajorityOfTheWinnersIsAStrongPreference() {
        assertThat(
                        DecidedPair.decide(
                                List.of(
                                        vote("r1", "a", "b", "ann", FIRST_MUCH_BETTER, 0),
                                        vote("r2", "a", "b", "bob", FIRST_MUCH_BETTER, 0),
                                        vote("r3", "a", "b", "cem", FIRST_BETTER, 0))))
                .extracting(DecidedPair::strength)
                .containsExactly(2);
        assertThat(
                        DecidedPair.decide(
                                List.of(
                                        vote("r1", "a", "b", "ann", FIRST_MUCH_BETTER, 0),
                                        vote("r2", "a", "b", "bob", FIRST_BETTER, 0))))
                .extracting(DecidedPair::strength)
                .containsExactly(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void theOrderOfVotesDoesNotMatter(long seed) {
        Random random = new Random(seed);
        List<PairVote> votes = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            String first = "c" + random.nextInt(8);
            String second = "d" + random.nextInt(8);
            boolean swapped = random.nextBoolean();
            votes.add(
                    vote(
                            "r" + i,
                            swapped ? second : first,
                            swapped ? first : second,
                            "rater" + random.nextInt(4),
                            PairVerdict.values()[random.nextInt(PairVerdict.values().length)],
                            random.nextInt(50)));
        }
        List<DecidedPair> decided = DecidedPair.decide(votes);
        Collections.shuffle(votes, random);

        assertThat(DecidedPair.decide(votes)).isEqualTo(decided).isNotEmpty();
    }

    private static PairVote vote(
            String id,
            String first,
            String second,
            String rater,
            PairVerdict verdict,
            int seconds) {
        return new PairVote(id, first, second, "prompt", rater, verdict, NOON.plusSeconds(seconds));
    }
}
