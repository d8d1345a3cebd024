package dev.gyre.tokenization.corpus.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.ValueSource;

class MinHashTest {
    private final MinHash minHash = new MinHash(CorpusRules.Deduplication.DEFAULT);

    @ParameterizedTest
    @CsvFileSource(resources = "/golden/corpus/bands.csv")
    void choosesBandsAsDatasketch(double threshold, int permutations, int bands, int rows) {
        assertThat(Banding.forThreshold(threshold, permutations))
                .isEqualTo(new Banding(bands, rows));
    }

    /// The mean of 200 estimates may be off by four standard errors of 200 · 128 draws, and no more
    /// than one in a hundred single ones by three of 128.
    @ParameterizedTest
    @ValueSource(doubles = {0, 0.05, 0.2, 0.5, 0.8, 0.95})
    void estimatesJaccardWithoutBias(double share) {
        Random random = new Random(7);
        double sum = 0;
        double expected = 0;
        double variance = 0;
        int far = 0;
        for (int pair = 0; pair < 200; pair++) {
            List<String> common = words(random, (int) (400 * share));
            String a = text(random, common, 400 - common.size());
            String b = text(random, common, 400 - common.size());
            double jaccard = jaccard(shingles(a), shingles(b));

            double estimate = minHash.estimatedJaccard(minHash.signature(a), minHash.signature(b));

            double error = Math.sqrt(jaccard * (1 - jaccard) / 128);
            sum += estimate;
            expected += jaccard;
            variance += error * error;
            far += Math.abs(estimate - jaccard) > 3 * error + 1e-9 ? 1 : 0;
        }
        assertThat(sum).isCloseTo(expected, within(4 * Math.sqrt(variance) + 1e-9));
        assertThat(far).isLessThanOrEqualTo(4);
    }

    @Test
    void candidatesFollowTheCurve() {
        Random random = new Random(11);
        double expected = 0;
        double variance = 0;
        int found = 0;
        for (int pair = 0; pair < 400; pair++) {
            List<String> common = words(random, 370);
            String a = text(random, common, 30);
            String b = text(random, common, 30);
            double probability = minHash.banding().probability(jaccard(shingles(a), shingles(b)));
            expected += probability;
            variance += probability * (1 - probability);

            found += share(minHash.bandKeys(minHash.signature(a)), b) ? 1 : 0;
        }
        assertThat((double) found).isCloseTo(expected, within(4 * Math.sqrt(variance)));
    }

    @Test
    void ignoresCaseBlanksAndPunctuation() {
        int[] a = minHash.signature("The quick, brown fox jumps over THE lazy dog. Straße");
        int[] b = minHash.signature("the quick brown\n\nfox jumps over the lazy dog! straße");

        assertThat(a).isEqualTo(b);
    }

    @Test
    void shinglesChineseByCharacter() {
        String text = "我们今天去公园散步，天气很好，大家都很高兴。";

        double same =
                minHash.estimatedJaccard(
                        minHash.signature(text), minHash.signature(text.replace("高兴", "开心")));

        assertThat(same).isBetween(0.4, 0.99);
    }

    @Test
    void signaturesNeverChange() {
        int[] signature = minHash.signature("to be or not to be that is the question");

        assertThat(signature).startsWith(-1808034617, -2018525955, -1644028700);
    }

    @Test
    void tellsSignaturesOfOtherRules() {
        assertThatThrownBy(() -> minHash.bandKeys(new int[64]))
                .hasMessageContaining("64")
                .hasMessageContaining("128");
    }

    private boolean share(long[] keys, String text) {
        Set<Long> own = LongStream.of(keys).boxed().collect(Collectors.toSet());
        return LongStream.of(minHash.bandKeys(minHash.signature(text))).anyMatch(own::contains);
    }

    private static String text(Random random, List<String> common, int others) {
        return String.join(" ", common) + " " + String.join(" ", words(random, others));
    }

    private static List<String> words(Random random, int count) {
        return random.ints(count, 0, 1_000_000).mapToObj(word -> "w" + word).toList();
    }

    private static Set<String> shingles(String text) {
        String[] words = text.strip().split(" ", -1);
        Set<String> shingles = new HashSet<>();
        for (int word = 0; word + 5 <= words.length; word++) {
            shingles.add(String.join(" ", List.of(words).subList(word, word + 5)));
        }
        return shingles;
    }

    private static double jaccard(Set<String> a, Set<String> b) {
        Set<String> both = new HashSet<>(a);
        both.retainAll(b);
        return (double) both.size() / (a.size() + b.size() - both.size());
    }
}
