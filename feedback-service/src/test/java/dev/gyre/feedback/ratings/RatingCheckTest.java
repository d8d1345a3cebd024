package dev.gyre.feedback.ratings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.gyre.access.FailureException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RatingCheckTest {
    private static final Judgement PAIR =
            new Judgement.Pair("a", "b", PairVerdict.FIRST_BETTER, true, "");

    @Test
    void parksUntilEveryCompletionIsKnown() {
        assertThat(check(Map.of()).state()).isEqualTo(RatingState.PARKED);
        assertThat(check(Map.of("a", known("p", "x"))).state()).isEqualTo(RatingState.PARKED);
        assertThat(check(Map.of("b", known("other", "x"))).state()).isEqualTo(RatingState.PARKED);
    }

    @Test
    void takesAPairOfOneProjectAndPrompt() {
        assertThat(check(Map.of("a", known("p", "x"), "b", known("p", "x"))))
                .isEqualTo(new RatingCheck(RatingState.VALID, ""));
    }

    @Test
    void marksAPairOverTwoPromptsWithTheReason() {
        assertThat(check(Map.of("a", known("p", "x"), "b", known("p", "y"))))
                .isEqualTo(
                        new RatingCheck(
                                RatingState.INVALID,
                                "the answers a and b were given to different prompts"));
    }

    @Test
    void marksACompletionOfAnotherProjectWithTheReason() {
        assertThat(check(Map.of("a", known("p", "x"), "b", known("q", "x"))))
                .isEqualTo(
                        new RatingCheck(
                                RatingState.INVALID, "completion b does not belong to project p"));
        assertThat(
                        RatingCheck.of(
                                "p", new Judgement.Thumb("a", true), Map.of("a", known("q", "x"))))
                .extracting(RatingCheck::state)
                .isEqualTo(RatingState.INVALID);
    }

    @Test
    void refusesPairsOfOneAnswerAndOverlongRemarks() {
        assertThatExceptionOfType(FailureException.class)
                .isThrownBy(() -> new Judgement.Pair("a", "a", PairVerdict.TIE, true, ""))
                .withMessageContaining("two different ones");
        assertThatExceptionOfType(FailureException.class)
                .isThrownBy(
                        () -> new Judgement.Pair("a", "b", PairVerdict.TIE, true, "x".repeat(2001)))
                .withMessageContaining("2001 characters, the limit is 2000");
        assertThatExceptionOfType(FailureException.class)
                .isThrownBy(() -> new Judgement.Thumb("a\u0000", true));
        assertThatExceptionOfType(FailureException.class)
                .isThrownBy(() -> new Judgement.Thumb("", true));
    }

    private static RatingCheck check(Map<String, RatingCheck.Known> known) {
        return RatingCheck.of("p", PAIR, known);
    }

    private static RatingCheck.Known known(String project, String prompt) {
        return new RatingCheck.Known(project, prompt);
    }
}
