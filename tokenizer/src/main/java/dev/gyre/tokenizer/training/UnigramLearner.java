package dev.gyre.tokenizer.training;

import dev.gyre.tokenizer.text.PieceTable;
import dev.gyre.tokenizer.text.Utf8;
import dev.gyre.tokenizer.training.TrainingSettings.Unigram;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/// Learns a Unigram vocabulary (Kudo 2018) as SentencePiece 0.2.3 does: tokens are fitted by
/// expectation maximisation with a digamma in the M step (Liang and Klein 2007), those whose loss
/// would hurt least are pruned, until about the wanted size is left.
///
/// Sums are taken in 32 bits over sixteen parts of the words, as SentencePiece does with its
/// sixteen threads, so that the result is nearly always the same to the bit, whatever the threads.
final class UnigramLearner {
    private static final int PARTS = 16;
    private static final int FITTINGS = 2;
    private static final float LEAST_EXPECTED = 0.5f;
    private static final float REQUIRED_STEP = 0.0001f;

    /// Bytes of memory for a word, and for each of its bytes.
    static final long BYTES_PER_WORD = 64;

    static final long BYTES_PER_BYTE = 120;

    /// A token and its log-probability.
    record Scored(String text, float score) {}

    /// What is learned.
    ///
    /// @param tokens the most probable first
    record Learned(List<Scored> tokens, PieceBudget.Kept kept) {}

    private final Unigram settings;
    private final TrainingMonitor monitor;
    private final ExecutorService pool;
    private final int wanted;
    private List<String> tokens = new ArrayList<>();
    private float[] scores = new float[0];
    private WordLattices words;

    /// Ways to write each of the first tokens, by its first id.
    private WordLattices ways;

    /// First id of each token.
    private int[] firstIds;

    private final Map<Integer, Long> required;

    private UnigramLearner(
            Unigram settings,
            PieceCounts following,
            byte[] last,
            Map<Integer, Long> required,
            Map<Integer, Long> characters,
            TrainingMonitor monitor,
            ExecutorService pool) {
        this.settings = settings;
        this.required = required;
        this.monitor = monitor;
        this.pool = pool;
        wanted =
                settings.vocabularySize()
                        - settings.specialTokens().size()
                        - (settings.byteFallback() ? 256 : 0);
        seed(following, last, characters);
        PieceCounts plain = new PieceCounts(PieceCounts.NO_CAP);
        for (int word = 0; word < following.size(); word++) {
            int start = following.start(word);
            int length = SeedPieces.wordLength(following.bytes(), start, following.length(word));
            plain.add(following.bytes(), start, start + length, following.count(word));
        }
        PieceTable table = new PieceTable();
        PieceCounts spelled = new PieceCounts(PieceCounts.NO_CAP);
        firstIds = new int[tokens.size()];
        for (int id = 0; id < firstIds.length; id++) {
            byte[] bytes = tokens.get(id).getBytes(StandardCharsets.UTF_8);
            table.put(bytes, id);
            spelled.add(
                    Arrays.copyOf(bytes, bytes.length + PieceCounts.PADDING), 0, bytes.length, 1);
            firstIds[id] = id;
        }
        words = new WordLattices(plain, byCount(plain), table, settings.longestToken());
        ways = new WordLattices(spelled, firstIds.clone(), table, settings.longestToken());
    }

    /// Learns from words with what follows them, as [UnigramCutter] cuts them.
    ///
    /// @param last the last word of the whole text, with what follows it
    static Learned learn(
            Unigram settings,
            PieceSource pieces,
            byte[] last,
            TrainingResources resources,
            TrainingMonitor monitor)
            throws IOException {
        PieceBudget budget =
                new PieceBudget(resources.memoryBytes(), BYTES_PER_WORD, BYTES_PER_BYTE);
        CharacterCounts counts = new CharacterCounts();
        pieces.forEach(
                (text, start, length, count) -> {
                    budget.add(count, length);
                    int end = start + SeedPieces.wordLength(text, start, length);
                    for (int at = start; at < end; at += Utf8.size(text[at])) {
                        counts.add(Utf8.codePointAt(text, at), count);
                    }
                });
        PieceBudget.Kept kept = budget.kept();
        Map<Integer, Long> required = required(settings, counts);
        PieceCounts following = new PieceCounts(PieceCounts.NO_CAP);
        Map<Integer, Long> characters = new HashMap<>();
        pieces.forEach(
                (text, start, length, count) -> {
                    if (count >= kept.leastCount()) {
                        addCovered(text, start, length, count, required.keySet(), following);
                    }
                });
        required.forEach(
                (point, count) -> {
                    if (count > 0) {
                        characters.put(point, count);
                    }
                });
        PieceCounts end = new PieceCounts(PieceCounts.NO_CAP);
        if (last.length > 0) {
            byte[] padded = Arrays.copyOf(last, last.length + PieceCounts.PADDING);
            addCovered(padded, 0, last.length, 1, required.keySet(), end);
        }
        byte[] covered =
                end.size() == 0
                        ? last
                        : Arrays.copyOf(
                                end.bytes(), SeedPieces.wordLength(end.bytes(), 0, end.length(0)));
        monitor.begin(TrainingPhase.SEEDING, following.size());
        try (ExecutorService pool = TrainingThreads.pool(resources.threads())) {
            List<Scored> learned =
                    new UnigramLearner(
                                    settings,
                                    following,
                                    covered,
                                    required,
                                    characters,
                                    monitor,
                                    pool)
                            .run();
            return new Learned(learned, kept);
        }
    }

    /// The characters that become tokens in any case, with how often they occur.
    private static Map<Integer, Long> required(Unigram settings, CharacterCounts counts) {
        Set<Integer> given = new HashSet<>();
        settings.requiredCharacters().codePoints().filter(point -> point != 0).forEach(given::add);
        Map<Integer, Long> occurring = new HashMap<>();
        long all = 0;
        for (CharacterCounts.Entry entry : counts.entries()) {
            occurring.put(entry.codePoint(), entry.count());
            all = Math.addExact(all, entry.count());
        }
        given.forEach(point -> occurring.putIfAbsent(point, 0L));
        List<Integer> order = new ArrayList<>(occurring.keySet());
        order.sort(
                Comparator.comparing((Integer point) -> !given.contains(point))
                        .thenComparing(Comparator.comparing(occurring::get).reversed())
                        .thenComparing(Comparator.naturalOrder()));
        Map<Integer, Long> required = new LinkedHashMap<>();
        long covered = 0;
        for (int point : order) {
            if ((float) (1.0 * covered / Math.max(1, all)) >= (float) settings.characterCoverage()
                    && all > 0) {
                break;
            }
            long count = occurring.getOrDefault(point, 0L);
            covered += count;
            if (point != UnigramCutter.BOUNDARY && point != PieceShape.UNKNOWN) {
                required.put(point, count);
            }
        }
        int others = settings.specialTokens().size() + (settings.byteFallback() ? 256 : 0);
        if (required.isEmpty() || required.size() + others > settings.vocabularySize()) {
            throw new IllegalArgumentException(
                    required.isEmpty()
                            ? "there is no text to train on"
                            : "vocabulary size %d has no room for %d special tokens and bytes and %d characters of the text; raise it or lower the character coverage"
                                    .formatted(settings.vocabularySize(), others, required.size()));
        }
        return required;
    }

    /// Counts a word in which characters that get no token are [PieceShape#UNKNOWN].
    private static void addCovered(
            byte[] text, int start, int length, long count, Set<Integer> covered, PieceCounts to) {
        int end = start + SeedPieces.wordLength(text, start, length);
        byte[] word = new byte[3 * length + PieceCounts.PADDING];
        int size = 0;
        for (int at = start; at < end; at += Utf8.size(text[at])) {
            int point = Utf8.codePointAt(text, at);
            size += Utf8.put(covered.contains(point) ? point : PieceShape.UNKNOWN, word, size);
        }
        System.arraycopy(text, end, word, size, start + length - end);
        to.add(word, 0, size + start + length - end, count);
    }

    private void seed(PieceCounts following, byte[] last, Map<Integer, Long> characters) {
        List<Float> weights = new ArrayList<>();
        List<Integer> points = new ArrayList<>(characters.keySet());
        points.sort(
                Comparator.comparing((Integer point) -> characters.get(point))
                        .reversed()
                        .thenComparing(Comparator.naturalOrder()));
        for (int point : points) {
            tokens.add(Character.toString(point));
            weights.add((float) characters.getOrDefault(point, 0L));
        }
        SeedPieces seeds = new SeedPieces(following, new PieceShape(settings.longestToken()));
        for (SeedPieces.Seed seed : seeds.best(settings.seedSize(), last)) {
            tokens.add(seed.text());
            weights.add(seed.score());
        }
        double sum = 0;
        for (float weight : weights) {
            sum += weight;
        }
        double logSum = Math.log(sum);
        scores = new float[weights.size()];
        for (int id = 0; id < scores.length; id++) {
            scores[id] = (float) (Math.log(weights.get(id)) - logSum);
        }
    }

    private static int[] byCount(PieceCounts words) {
        int[] order = words.sorted();
        long[] keys = new long[order.length];
        Integer[] boxed = new Integer[order.length];
        for (int i = 0; i < order.length; i++) {
            boxed[i] = order[i];
            keys[order[i]] = words.count(order[i]);
        }
        // Stable: equally frequent ones stay in the order of their bytes.
        Arrays.sort(boxed, Comparator.comparingLong(word -> -keys[word]));
        return Arrays.stream(boxed).mapToInt(Integer::intValue).toArray();
    }

    private List<Scored> run() {
        int target = (int) (settings.vocabularySize() * 1.1);
        int toGo = Math.max(1, tokens.size() - target);
        int first = tokens.size();
        monitor.begin(TrainingPhase.PRUNING, toGo);
        do {
            for (int i = 0; i < FITTINGS; i++) {
                fit();
            }
            prune(target);
            monitor.advance(Math.min(toGo, first - tokens.size()), toGo);
        } while (tokens.size() > target);
        monitor.end(toGo, toGo);
        dropUnreachable();
        return chosen();
    }

    private interface PartSum {
        void add(WordLattices.Walk walk, int word, float[] sums);
    }

    /// Sums over all words, part by part.
    private float[] sum(PartSum each) {
        float least = least();
        List<Future<float[]>> parts = new ArrayList<>();
        for (int part = 0; part < PARTS; part++) {
            int from = part;
            parts.add(
                    pool.submit(
                            () -> {
                                float[] sums = new float[scores.length];
                                WordLattices.Walk walk = words.new Walk(scores, least);
                                for (int word = from; word < words.size(); word += PARTS) {
                                    each.add(walk, word, sums);
                                    if ((word & 0xFFF) == from) {
                                        monitor.check();
                                    }
                                }
                                return sums;
                            }));
        }
        float[] all = get(parts.getFirst());
        for (Future<float[]> part : parts.subList(1, PARTS)) {
            float[] sums = get(part);
            for (int id = 0; id < all.length; id++) {
                all[id] += sums[id];
            }
        }
        return all;
    }

    private static <T> T get(Future<T> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw TrainingThreads.unwrap(e);
        } catch (InterruptedException e) {
            throw TrainingThreads.interrupted();
        }
    }

    private float least() {
        float least = Float.MAX_VALUE;
        for (float score : scores) {
            least = Math.min(least, score);
        }
        return least;
    }

    /// One E and one M step.
    private void fit() {
        float[] expected = sum(WordLattices.Walk::addExpected);
        List<Integer> kept = new ArrayList<>();
        float sum = 0;
        for (int id = 0; id < expected.length; id++) {
            if (expected[id] >= LEAST_EXPECTED) {
                kept.add(id);
                sum += expected[id];
            }
        }
        float logSum = (float) digamma(sum);
        float[] fitted = new float[kept.size()];
        for (int i = 0; i < fitted.length; i++) {
            fitted[i] = (float) (digamma(expected[kept.get(i)]) - logSum);
        }
        keep(kept);
        scores = fitted;
    }

    private static double digamma(double value) {
        double x = value;
        double result = 0;
        for (; x < 7; x++) {
            result -= 1 / x;
        }
        x -= 0.5;
        double xx = 1 / x;
        double xx2 = xx * xx;
        double xx4 = xx2 * xx2;
        return result
                + Math.log(x)
                + 1.0 / 24 * xx2
                - 7.0 / 960 * xx4
                + 31.0 / 8064 * xx4 * xx2
                - 127.0 / 30720 * xx4 * xx4;
    }

    /// Keeps tokens, in this order.
    private void keep(List<Integer> kept) {
        int[] newIds = new int[tokens.size()];
        Arrays.fill(newIds, -1);
        List<String> newTokens = new ArrayList<>(kept.size());
        float[] newScores = new float[kept.size()];
        int[] newFirstIds = new int[kept.size()];
        for (int id = 0; id < newScores.length; id++) {
            int old = kept.get(id);
            newIds[old] = id;
            newTokens.add(tokens.get(old));
            newScores[id] = scores[old];
            newFirstIds[id] = firstIds[old];
        }
        words.renumber(newIds);
        ways.renumber(newIds);
        tokens = newTokens;
        scores = newScores;
        firstIds = newFirstIds;
    }

    /// The best way to write each token with others.
    private List<WordLattices.Alternative> alternatives() {
        WordLattices.Walk walk = ways.new Walk(scores, least());
        List<WordLattices.Alternative> alternatives = new ArrayList<>(scores.length);
        for (int id = 0; id < scores.length; id++) {
            alternatives.add(walk.bestWithout(firstIds[id], id));
        }
        return alternatives;
    }

    private record Loss(int id, float loss) {}

    private void prune(int target) {
        List<WordLattices.Alternative> alternatives = alternatives();
        float[] frequencies = sum(WordLattices.Walk::addBest);
        double total = 0;
        for (float frequency : frequencies) {
            total += frequency;
        }
        float sum = (float) total;
        float logSum = (float) Math.log(sum);
        List<Integer> kept = new ArrayList<>();
        List<Loss> losses = new ArrayList<>();
        for (int id = 0; id < scores.length; id++) {
            WordLattices.Alternative alternative = alternatives.get(id);
            float frequency = frequencies[id];
            if (frequency == 0 || alternative.score() > scores[id]) {
                continue;
            }
            if (!alternative.exists()) {
                kept.add(id);
                continue;
            }
            float withIt = (float) (Math.log(frequency) - logSum);
            float logSumWithout =
                    (float) Math.log(sum + frequency * (alternative.tokens().length - 1));
            float without = 0;
            for (int other : alternative.tokens()) {
                without =
                        (float)
                                (without
                                        + (Math.log(frequencies[other] + frequency)
                                                - logSumWithout));
            }
            losses.add(new Loss(id, frequency / sum * (withIt - without)));
        }
        losses.sort(
                Comparator.comparingDouble((Loss loss) -> -loss.loss()).thenComparingInt(Loss::id));
        int size = Math.max(target, (int) ((float) settings.shrinkingFactor() * scores.length));
        for (Loss loss : losses) {
            if (kept.size() == size) {
                break;
            }
            kept.add(loss.id());
        }
        keep(kept);
    }

    private void dropUnreachable() {
        List<WordLattices.Alternative> alternatives = alternatives();
        List<Integer> kept = new ArrayList<>();
        for (int id = 0; id < scores.length; id++) {
            if (alternatives.get(id).score() <= scores[id]) {
                kept.add(id);
            }
        }
        keep(kept);
    }

    /// The required characters and the most probable tokens.
    private List<Scored> chosen() {
        Map<String, Float> byText = new HashMap<>();
        for (int id = 0; id < scores.length; id++) {
            byText.put(tokens.get(id), scores[id]);
        }
        Map<String, Float> chosen = new HashMap<>();
        float least = least();
        float step = 0;
        List<Integer> points = new ArrayList<>(required.keySet());
        points.sort(
                Comparator.comparing((Integer point) -> required.get(point))
                        .reversed()
                        .thenComparing(Comparator.naturalOrder()));
        for (int point : points) {
            String text = Character.toString(point);
            Float known = byText.get(text);
            if (known == null) {
                chosen.put(text, least + step);
                step += REQUIRED_STEP;
            } else {
                chosen.put(text, known);
            }
        }
        for (Scored token : sorted(byText)) {
            if (chosen.size() == wanted) {
                break;
            }
            chosen.putIfAbsent(token.text(), token.score());
        }
        return sorted(chosen);
    }

    private static List<Scored> sorted(Map<String, Float> tokens) {
        List<Scored> sorted = new ArrayList<>();
        tokens.forEach((text, score) -> sorted.add(new Scored(text, score)));
        sorted.sort(
                Comparator.comparingDouble((Scored token) -> -token.score())
                        .thenComparing(
                                token -> token.text().getBytes(StandardCharsets.UTF_8),
                                Arrays::compareUnsigned));
        return sorted;
    }
}
