package dev.gyre.feedback.datasets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gyre.artifacts.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HoldOutTest {
    private static final List<String> PROMPTS =
            IntStream.range(0, 4000)
                    .mapToObj(i -> Sha256.of(("prompt " + i).getBytes(StandardCharsets.UTF_8)))
                    .toList();

    /// If this fails, prompts that were trained on have become the gate's evidence: do not change
    /// the expectation, take the change back.
    @Test
    void membershipIsStableForEver() {
        StringBuilder members = new StringBuilder();
        PROMPTS.stream().limit(40).forEach(p -> members.append(HoldOut.holds(p, 0.25) ? '1' : '0'));

        assertThat(members).hasToString("0100000000000010000100000010001000000000");
    }

    @Test
    void holdsOutTheShare() {
        for (double share : new double[] {0.05, 0.25, 0.5}) {
            long held = PROMPTS.stream().filter(prompt -> HoldOut.holds(prompt, share)).count();

            // four standard deviations
            double slack = 4 * Math.sqrt(share * (1 - share) * PROMPTS.size());
            assertThat((double) held)
                    .isBetween(share * PROMPTS.size() - slack, share * PROMPTS.size() + slack);
        }
    }

    @Test
    void aLargerShareKeepsWhatWasHeldOut() {
        assertThat(PROMPTS.stream().filter(prompt -> HoldOut.holds(prompt, 0.1)))
                .allMatch(prompt -> HoldOut.holds(prompt, 0.25));
    }
}
