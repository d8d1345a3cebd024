package dev.gyre.feedback.ratings;

import dev.gyre.access.FailureException;
import dev.gyre.feedback.platform.Names;
import java.util.List;

/// What was judged and how.
public sealed interface Judgement {
    /// Characters of a remark at most.
    int MAX_REMARK_CHARACTERS = 2000;

    /// Completions it is about: one, or two different ones.
    List<String> completions();

    /// Two answers to one prompt compared.
    ///
    /// @param first completion id
    /// @param second another completion id
    /// @param firstOnLeft whether the first answer was shown on the left
    /// @param remark why it was skipped, or a remark; at most 2,000 characters
    record Pair(
            String first, String second, PairVerdict verdict, boolean firstOnLeft, String remark)
            implements Judgement {
        public Pair {
            Names.id("pair.first_completion_id", first);
            Names.id("pair.second_completion_id", second);
            if (first.equals(second)) {
                throw FailureException.invalid(
                        "pair.second_completion_id",
                        "both answers are the completion "
                                + first
                                + "; a pair has two different ones");
            }
            if (remark.length() > MAX_REMARK_CHARACTERS || remark.indexOf('\0') >= 0) {
                throw FailureException.invalid(
                        "pair.remark",
                        "the remark has "
                                + remark.length()
                                + " characters, the limit is "
                                + MAX_REMARK_CHARACTERS
                                + ", and U+0000 must not be in it");
            }
        }

        @Override
        public List<String> completions() {
            return List.of(first, second);
        }
    }

    /// One answer judged good or bad.
    ///
    /// @param completion completion id
    /// @param up true: good
    record Thumb(String completion, boolean up) implements Judgement {
        public Thumb {
            Names.id("thumb.completion_id", completion);
        }

        @Override
        public List<String> completions() {
            return List.of(completion);
        }
    }
}
