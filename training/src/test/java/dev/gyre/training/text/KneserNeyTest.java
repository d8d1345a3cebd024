package dev.gyre.training.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class KneserNeyTest {
    private static final int END = 0;
    private static final int VOCABULARY = 12;

    @Test
    void probabilitiesOfAnyContextSumToOne() {
        KneserNey model = KneserNey.train(documents(1, 200), END, 5, VOCABULARY);

        for (int[] context :
                new int[][] {{}, {3}, {1, 2, 3, 4}, {9, 9, 9}, {11, 1, 5, 2, 7}, {END}}) {
            double sum = 0;
            for (int id = 0; id < VOCABULARY; id++) {
                sum += model.probability(context, id);
            }
            assertThat(sum).isEqualTo(1, within(1e-12));
        }
    }

    /// Heads of a bigram model by hand: documents `1 2`, `1 3`, `2 3`, `1 2 3`, with END = 0.
    @Test
    void bigramsEqualTheFormulaByHand() {
        List<int[]> documents =
                List.of(new int[] {1, 2}, new int[] {1, 3}, new int[] {2, 3}, new int[] {1, 2, 3});
        KneserNey model = KneserNey.train(documents, END, 2, 4);
        // bigrams: s1×3 s2×1 12×2 13×1 23×2 20×1 30×3; of count one: 3, two: 2, three: 2, four: 0
        double y = 3 / (3 + 2 * 2.0);
        double d1 = 1 - 2 * y * 2 / 3;
        double d2 = 2 - 3 * y * 2 / 2;
        double d3 = 3;
        // tokens before: 0 after {2,3}, 1 after {s}, 2 after {s,1}, 3 after {1,2}: total 7
        // unigram counts 2, 1, 2, 2: of count one: 1, two: 3, three: 0
        double uy = 1 / (1 + 2 * 3.0);
        double u1 = 1 - 2 * uy * 3;
        double u2 = 2 - 3 * uy * 0;
        double left = (u1 * 1 + u2 * 3) / 7;
        double unigram3 = (2 - u2) / 7 + left / 4;

        double expected = (1 - d1) / 3.0 + (d1 * 1 + d2 * 1) / 3 * unigram3;

        assertThat(model.probability(new int[] {1}, 3)).isEqualTo(expected, within(1e-12));
        assertThat(d3).isPositive();
    }

    @Test
    void longerContextsForeseeATextWithMemoryBetter() {
        List<int[]> train = documents(1, 400);
        List<int[]> test = documents(2, 50);

        double[] nats = new double[4];
        for (int order = 1; order <= 3; order++) {
            nats[order] = KneserNey.train(train, END, order, VOCABULARY).nats(test, END);
        }

        // one token says nothing of the next, two say nearly all
        assertThat(nats[2]).isBetween(nats[1] - 0.1, nats[1] + 0.1);
        assertThat(nats[3]).isLessThan(nats[2] - 0.5);
    }

    @Test
    void refusesTooManyIds() {
        assertThatThrownBy(() -> KneserNey.train(List.of(), END, 5, 65_536))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("65536");
    }

    /// Every token is the sum of the two before it, or noise.
    private static List<int[]> documents(long seed, int count) {
        Random random = new Random(seed);
        List<int[]> documents = new ArrayList<>();
        for (int document = 0; document < count; document++) {
            int[] ids = new int[20];
            for (int at = 0; at < ids.length; at++) {
                boolean noise = at < 2 || random.nextInt(5) == 0;
                ids[at] =
                        noise
                                ? 1 + random.nextInt(VOCABULARY - 1)
                                : 1 + (ids[at - 1] + ids[at - 2]) % (VOCABULARY - 1);
            }
            documents.add(ids);
        }
        return documents;
    }
}
