package dev.gyre.tokenizer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gyre.tokenizer.Golden;
import dev.gyre.tokenizer.SpecialTokens;
import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.formats.TokenizerJson;
import dev.gyre.tokenizer.split.SplitPattern;
import dev.gyre.tokenizer.training.TrainingSettings.ByteLevelBpe;
import dev.gyre.tokenizer.training.TrainingSettings.CharacterBpe;
import dev.gyre.tokenizer.training.TrainingSettings.WordPiece;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TokenizerTrainingTest {
    private static final List<String> SPECIAL =
            List.of("<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|im_end|>!");

    @TempDir private Path folder;

    /// Checksum of all that the tokenizer.json says.
    private static long file(TrainedTokenizer trained) {
        CRC32 checksum = new CRC32();
        checksum.update(TokenizerJson.format(trained.tokenizer()));
        return checksum.getValue();
    }

    private static TrainedTokenizer train(TrainingSettings settings, String... texts) {
        return train(settings, TrainingResources.standard(), texts);
    }

    private static TrainedTokenizer train(
            TrainingSettings settings, TrainingResources resources, String... texts) {
        try (TokenizerTraining training = new TokenizerTraining(settings, resources)) {
            for (String text : texts) {
                training.add(text);
            }
            return training.train();
        }
    }

    @ParameterizedTest
    @EnumSource(SplitPattern.class)
    void learnsTheSameFromTextCutAnywhere(SplitPattern pattern) {
        ByteLevelBpe settings =
                new ByteLevelBpe(600, 1, SPECIAL, pattern, TrainingSettings.NO_LONGEST_TOKEN);
        String odd = "\n\n  \n x  \u3000y\u0085\u0085z! \n\n/ 🙂 🙂 日本。\n語?/\r\n1 22\n333 4444";
        String text = (Golden.text("training.txt") + odd).repeat(40);
        long expected = file(train(settings, text));

        for (long seed = 1; seed <= 5; seed++) {
            Random random = new Random(seed);
            try (TokenizerTraining training = new TokenizerTraining(settings)) {
                int start = 0;
                while (start < text.length()) {
                    int end = Math.min(text.length(), start + random.nextInt(4000));
                    training.append(text.substring(start, end));
                    start = end;
                }

                TrainedTokenizer trained = training.train();

                assertThat(file(trained)).as("seed %d", seed).isEqualTo(expected);
                assertThat(trained.report().textBytes())
                        .isEqualTo(text.getBytes(StandardCharsets.UTF_8).length);
            }
        }
    }

    @Test
    void refusesTextWithoutAnyPlaceToCut() {
        try (TokenizerTraining training = new TokenizerTraining(new ByteLevelBpe(300, List.of()))) {
            assertThatThrownBy(() -> training.append("x".repeat(TextFeed.MAX_HELD_BYTES + 1)))
                    .hasMessageContaining("whitespace");
        }
        try (TokenizerTraining training =
                new TokenizerTraining(new CharacterBpe(300, List.of(), null))) {
            assertThatThrownBy(() -> training.append("x ".repeat(TextFeed.MAX_HELD_BYTES)))
                    .hasMessageContaining("a line");
        }
    }

    @Test
    void stopsWhenNoPairIsLeft() {
        TrainedTokenizer trained = train(new ByteLevelBpe(1000, List.of()), "abab");

        assertThat(trained.tokenizer().vocabularySize()).isEqualTo(258);
        assertThat(trained.tokenizer().encode("abab")).containsExactly(257);
        assertThat(trained.report().learned()).isEqualTo(2);
    }

    @Test
    void stopsBelowTheMinimumCount() {
        ByteLevelBpe settings =
                new ByteLevelBpe(
                        1000, 3, List.of(), SplitPattern.GPT2, TrainingSettings.NO_LONGEST_TOKEN);

        Tokenizer tokenizer = train(settings, "ab ab abc").tokenizer();

        assertThat(tokenizer.decode(new int[] {256})).isEqualTo("ab");
        assertThat(tokenizer.vocabularySize()).isEqualTo(257);
    }

    @Test
    void neverLetsPlainTextBecomeASpecialToken() {
        Tokenizer bytes =
                train(new ByteLevelBpe(300, List.of("ab")), "ab ".repeat(50) + "cd ".repeat(10))
                        .tokenizer();
        Tokenizer words =
                train(new WordPiece(50, List.of("[UNK]", "ab"), "[UNK]"), "ab ab abc").tokenizer();

        assertThat(bytes.encode("ab")).doesNotContain(0);
        assertThat(bytes.encode("ab", SpecialTokens.AS_CONTROL)).containsExactly(0);
        assertThat(bytes.encode("cd")).hasSize(1);
        assertThat(words.encode("ab")).doesNotContain(1);
        assertThatThrownBy(() -> train(new WordPiece(50, List.of("[UNK]", "##b"), "[UNK]"), "ab"))
                .hasMessageContaining("##b");
    }

    @Test
    void countsBeyond32Bits() {
        long many = 3L << 32;
        List<String> counts = new ArrayList<>();
        try (TokenizerTraining training = new TokenizerTraining(new ByteLevelBpe(258, List.of()))) {
            training.add("ab", many);
            training.add("cd", many + 1);
            training.add("ef", many - 1);

            training.train().tokenizer().definition().model().vocabulary().entrySet().stream()
                    .filter(entry -> entry.getValue() >= 256)
                    .sorted(java.util.Map.Entry.comparingByValue())
                    .forEach(entry -> counts.add(entry.getKey()));
        }

        assertThat(counts).containsExactly("cd", "ab");
    }

    @Test
    void learnsTheSameWhateverTheThreadsAndTheMemory() throws IOException {
        String text = manyWords(60_000);
        Path file = Files.writeString(folder.resolve("words.txt"), text);
        for (TrainingSettings settings :
                List.of(
                        new ByteLevelBpe(2000, SPECIAL),
                        new WordPiece(2000, List.of("[UNK]"), "[UNK]"))) {
            long expected = -1;
            for (int threads = 1; threads <= 3; threads++) {
                for (long megabytes : new long[] {256, 64}) {
                    Path spill = folder.resolve("spill");
                    TrainingResources resources =
                            TrainingResources.standard()
                                    .withThreads(threads)
                                    .withMemoryBytes(megabytes << 20)
                                    .withSpillFolder(spill);
                    try (TokenizerTraining training = new TokenizerTraining(settings, resources)) {
                        training.addFile(file, TextUnit.LINE);

                        TrainedTokenizer trained = training.train();

                        expected = expected < 0 ? file(trained) : expected;
                        assertThat(file(trained)).isEqualTo(expected);
                        assertThat(trained.report().droppedPieces()).isZero();
                    }
                    assertThat(spill)
                            .satisfiesAnyOf(
                                    none -> assertThat(none).doesNotExist(),
                                    left -> assertThat(left).isEmptyDirectory());
                }
            }
        }
    }

    /// Lines of words, most of them rare, about eleven bytes a word.
    private static String manyWords(int words) {
        Random random = new Random(7);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < words; i++) {
            int length = 3 + random.nextInt(12);
            for (int k = 0; k < length; k++) {
                text.append((char) ('a' + Math.min(random.nextInt(26), random.nextInt(26))));
            }
            text.append(i % 12 == 11 ? '\n' : ' ');
        }
        return text.toString();
    }

    @Test
    void learnsTheSameFromCountsOnDisk() throws IOException {
        byte[] text = manyWords(40_000).getBytes(StandardCharsets.UTF_8);
        byte[] padded = Arrays.copyOf(text, text.length + PieceCounts.PADDING);
        ByteLevelBpe settings = new ByteLevelBpe(1500, SPECIAL);
        TrainingResources small =
                TrainingResources.standard()
                        .withMemoryBytes(TrainingResources.LEAST_MEMORY_BYTES)
                        .withSpillFolder(folder);
        List<LearnedMerges> learned = new ArrayList<>();

        for (TrainingResources counting :
                List.of(TrainingResources.standard(), small.withThreads(1), small.withThreads(3))) {
            try (PieceCounter counter =
                    new PieceCounter(
                            () -> new TextCutters.Pattern(SplitPattern.GPT2.scanner()), counting)) {
                for (int start = 0; start < text.length; start += 1000) {
                    int end = Math.min(text.length, start + 1000);
                    counter.add(padded, start, end, 1);
                }
                learned.add(
                        ByteWords.learn(
                                settings,
                                counter.finish(),
                                TrainingResources.standard(),
                                new TrainingMonitor(TrainingProgress.NONE)));
                assertThat(counter.spilledBytes() > 0)
                        .isEqualTo(counting.memoryBytes() == small.memoryBytes());
            }
            assertThat(folder).isEmptyDirectory();
        }

        assertThat(learned.get(0).merges()).hasSizeGreaterThan(1000);
        assertThat(learned.get(1).merges()).isEqualTo(learned.get(0).merges());
        assertThat(learned.get(2).merges()).isEqualTo(learned.get(0).merges());
    }

    @Test
    void tellsWhatIsLeftOutForWantOfMemory() {
        String rare = manyWords(20_000);
        String frequent = "the cat sat on the mat ".repeat(30);
        TrainingResources small =
                TrainingResources.standard()
                        .withThreads(1)
                        .withMemoryBytes(TrainingResources.LEAST_MEMORY_BYTES)
                        .withSpillFolder(folder);

        TrainedTokenizer trained = train(new ByteLevelBpe(270, List.of()), small, rare, frequent);

        TrainingReport report = trained.report();
        assertThat(report.spilledBytes()).isPositive();
        assertThat(report.droppedPieces()).isPositive().isLessThan(report.differentPieces());
        assertThat(report.droppedOccurrences()).isGreaterThanOrEqualTo(report.droppedPieces());
        assertThat(report.leastCount()).isGreaterThan(1);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void readsFilesLineByLineOrWhole() throws IOException {
        String text = "a\n\nb\n\nc\n\nd";
        ByteLevelBpe settings =
                new ByteLevelBpe(
                        300, 2, List.of(), SplitPattern.CL100K, TrainingSettings.NO_LONGEST_TOKEN);
        Path plain = Files.writeString(folder.resolve("plain.txt"), text);
        Path zipped = folder.resolve("zipped");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(zipped))) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }

        for (Path file : List.of(plain, zipped)) {
            assertThat(vocabularyOf(settings, file, TextUnit.DOCUMENT)).isEqualTo(257);
            assertThat(vocabularyOf(settings, file, TextUnit.LINE)).isEqualTo(256);
        }
    }

    private static int vocabularyOf(TrainingSettings settings, Path file, TextUnit unit) {
        try (TokenizerTraining training = new TokenizerTraining(settings)) {
            training.addFile(file, unit);
            return training.train().tokenizer().vocabularySize();
        }
    }

    @Test
    void refusesFilesThatAreNoText() throws IOException {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(zipped)) {
            out.write(manyWords(1000).getBytes(StandardCharsets.UTF_8));
        }
        byte[] cut = Arrays.copyOf(zipped.toByteArray(), zipped.size() / 2);
        byte[] longText = ("é".repeat(70_000) + "x").getBytes(StandardCharsets.UTF_8);
        byte[] broken = longText.clone();
        broken[100_001] = 'x';

        refuses(cut, "damaged gzip");
        refuses(new byte[] {'a', (byte) 0xC3}, "the byte at 1");
        refuses(new byte[] {'a', 'b', (byte) 0xFF, 'c'}, "the byte at 2");
        refuses(new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80}, "the byte at 0");
        refuses(new byte[] {(byte) 0xF4, (byte) 0x90, (byte) 0x80, (byte) 0x80}, "the byte at 0");
        refuses(broken, "the byte at 100000");
        assertThat(
                        vocabularyOf(
                                new ByteLevelBpe(300, List.of()),
                                Files.write(folder.resolve("long"), longText),
                                TextUnit.LINE))
                .isGreaterThan(256);
    }

    private void refuses(byte[] content, String message) throws IOException {
        Path file = Files.write(folder.resolve("bad"), content);
        try (TokenizerTraining training = new TokenizerTraining(new ByteLevelBpe(300, List.of()))) {
            assertThatThrownBy(() -> training.addFile(file, TextUnit.DOCUMENT))
                    .hasStackTraceContaining(message);
        }
    }

    @Test
    void noticesDamagedRuns() throws IOException {
        PieceCounts counts = new PieceCounts(PieceCounts.NO_CAP);
        byte[] text = (manyWords(500) + "0123456789abcdef").getBytes(StandardCharsets.UTF_8);
        for (int at = 0; at + 30 < text.length; at += 7) {
            counts.add(text, at, at + 1 + at % 13, 1 + at);
        }
        try (PieceRuns runs = new PieceRuns(folder, 1 << 20)) {
            runs.spill(counts);
            Path run = onlyFile(folder);
            byte[] whole = Files.readAllBytes(run);

            for (int length = 0; length < whole.length; length += 97) {
                Files.write(run, Arrays.copyOf(whole, length));
                assertThatThrownBy(() -> runs.forEach((_, _, _, _) -> {}))
                        .as("cut to %d", length)
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("damaged");
            }
            byte[] changed = whole.clone();
            changed[whole.length / 2] ^= 1;
            Files.write(run, changed);
            assertThatThrownBy(() -> runs.forEach((_, _, _, _) -> {}))
                    .isInstanceOf(IOException.class);
            Files.write(run, whole);
            runs.forEach((_, _, length, count) -> assertThat(count).isPositive());
        }
        assertThat(folder).isEmptyDirectory();
    }

    private static Path onlyFile(Path folder) throws IOException {
        try (java.util.stream.Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).findFirst().orElseThrow();
        }
    }

    @Test
    void tellsHowFarItIs() {
        List<TrainingPhase> phases = new ArrayList<>();
        TrainingResources resources =
                TrainingResources.standard()
                        .withProgress(
                                (phase, done, total, perSecond) -> {
                                    if (phases.isEmpty() || phases.getLast() != phase) {
                                        phases.add(phase);
                                    }
                                    assertThat(done).isBetween(0L, total == 0 ? done : total);
                                    assertThat(perSecond).isNotNegative();
                                });

        train(new ByteLevelBpe(300, SPECIAL), resources, Golden.text("training.txt"));

        assertThat(phases)
                .containsExactly(
                        TrainingPhase.READING, TrainingPhase.GATHERING, TrainingPhase.MERGING);
    }

    @Test
    void stopsWhenItIsCancelled() {
        TokenizerTraining[] self = new TokenizerTraining[1];
        TrainingResources resources =
                TrainingResources.standard()
                        .withProgress(
                                (phase, _, _, _) -> {
                                    if (phase == TrainingPhase.MERGING) {
                                        self[0].cancel();
                                    }
                                });
        try (TokenizerTraining training =
                new TokenizerTraining(new ByteLevelBpe(700, SPECIAL), resources)) {
            self[0] = training;
            training.add(Golden.text("training.txt"));

            assertThatThrownBy(training::train).isInstanceOf(CancellationException.class);
        }
    }

    @Test
    void refusesSettingsThatCannotWork() {
        assertThatThrownBy(() -> new ByteLevelBpe(256, List.of("<s>")))
                .hasMessageContaining("256")
                .hasMessageContaining("257");
        assertThatThrownBy(() -> new ByteLevelBpe(2_000_000, List.of()))
                .hasMessageContaining("1000000");
        assertThatThrownBy(() -> new ByteLevelBpe(300, List.of("<s>", "<s>")))
                .hasMessageContaining("twice");
        assertThatThrownBy(() -> new ByteLevelBpe(300, List.of("")))
                .hasMessageContaining("2 to 1024");
        assertThatThrownBy(() -> new ByteLevelBpe(300, List.of("🙂")))
                .hasMessageContaining("1 characters");
        assertThatThrownBy(() -> new CharacterBpe(300, List.of("<s>"), "<unk>"))
                .hasMessageContaining("<unk>");
        assertThatThrownBy(() -> train(new CharacterBpe(3, List.of("<s>"), null), "abc"))
                .hasMessageContaining("3 characters");
        assertThatThrownBy(() -> TrainingResources.standard().withThreads(0))
                .hasMessageContaining("256");
        assertThatThrownBy(() -> TrainingResources.standard().withMemoryBytes(5))
                .hasMessageContaining("1048576");
    }

    @Test
    void endsWithItsResult() {
        try (TokenizerTraining training = new TokenizerTraining(new ByteLevelBpe(300, List.of()))) {
            training.add("abc");
            training.train();

            assertThatThrownBy(() -> training.add("more")).hasMessageContaining("ended");
        }
    }

    @Test
    void saysWhenTheDiskCannotBeWritten() throws IOException {
        Path noFolder = Files.writeString(folder.resolve("file"), "x");
        TrainingResources resources =
                TrainingResources.standard()
                        .withThreads(2)
                        .withMemoryBytes(TrainingResources.LEAST_MEMORY_BYTES)
                        .withSpillFolder(noFolder);

        assertThatThrownBy(
                        () -> train(new ByteLevelBpe(300, List.of()), resources, manyWords(90_000)))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("cannot be written to disk");
    }
}
