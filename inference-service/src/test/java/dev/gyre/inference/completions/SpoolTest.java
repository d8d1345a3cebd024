package dev.gyre.inference.completions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpoolTest {
    private static final long LIMIT = 64 << 20;

    @TempDir private Path folder;

    @Test
    void givesPayloadsInOrderUntilTheyAreTaken() {
        try (Spool spool = new Spool(folder, LIMIT)) {
            spool.append(bytes("a"));
            spool.append(bytes("b"));

            assertThat(texts(next(spool))).containsExactly("a", "b");
            Spool.Batch again = next(spool);
            assertThat(texts(again)).containsExactly("a", "b");

            spool.taken(again);
            spool.append(bytes("c"));
            assertThat(texts(next(spool))).containsExactly("c");
        }
    }

    @Test
    void survivesARestart() {
        try (Spool spool = new Spool(folder, LIMIT)) {
            spool.append(bytes("a"));
        }

        try (Spool spool = new Spool(folder, LIMIT)) {
            spool.append(bytes("b"));
            Spool.Batch first = next(spool);
            assertThat(texts(first)).containsExactly("a");
            spool.taken(first);
            assertThat(texts(next(spool))).containsExactly("b");
        }
    }

    @Test
    void leavesNothingBehindWhenAllIsTaken() throws IOException {
        try (Spool spool = new Spool(folder, LIMIT)) {
            spool.append(bytes("a"));
            spool.taken(next(spool));
            assertThat(spool.bytes()).isZero();
        }

        assertThat(spoolFiles()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 8, 9, 12})
    void cutsOffATornTail(int tornBytes) throws IOException {
        try (Spool spool = new Spool(folder, LIMIT)) {
            spool.append(bytes("whole"));
            spool.append(bytes("torn!"));
        }
        Path file = spoolFiles().getFirst();
        byte[] content = Files.readAllBytes(file);
        Files.write(file, java.util.Arrays.copyOf(content, content.length - tornBytes));

        try (Spool spool = new Spool(folder, LIMIT)) {
            Spool.Batch batch = next(spool);
            assertThat(texts(batch)).containsExactly("whole");
            spool.taken(batch);
            spool.append(bytes("after"));
            assertThat(texts(next(spool))).containsExactly("after");
        }
    }

    @Test
    void cutsOffAFrameWhoseBytesAreNotThoseWritten() throws IOException {
        try (Spool spool = new Spool(folder, LIMIT)) {
            spool.append(bytes("good"));
            spool.append(bytes("bad"));
        }
        Path file = spoolFiles().getFirst();
        byte[] content = Files.readAllBytes(file);
        content[content.length - 1] ^= 1;
        Files.write(file, content);

        try (Spool spool = new Spool(folder, LIMIT)) {
            assertThat(texts(next(spool))).containsExactly("good");
        }
        assertThat(file.resolveSibling(file.getFileName() + ".cut")).exists();
    }

    @Test
    void refusesALengthFromGarbage() throws IOException {
        Files.createDirectories(folder);
        Files.write(
                folder.resolve("000000000000.spool"),
                new byte[] {127, -1, -1, -1, 0, 0, 0, 0, 1, 2, 3},
                StandardOpenOption.CREATE);

        try (Spool spool = new Spool(folder, LIMIT)) {
            spool.append(bytes("a"));
            assertThat(texts(next(spool))).containsExactly("a");
        }
    }

    @Test
    void keepsWhatManyWriteAtOnceAndDeletesFilesThatAreTaken() throws Exception {
        int writers = 16;
        int each = 40;
        byte[] large = new byte[20_000];
        List<String> taken = new ArrayList<>();
        try (Spool spool = new Spool(folder, LIMIT);
                ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int writer = 0; writer < writers; writer++) {
                int number = writer;
                pool.submit(
                        () -> {
                            for (int i = 0; i < each; i++) {
                                byte[] payload = large.clone();
                                payload[0] = (byte) number;
                                payload[1] = (byte) i;
                                spool.append(payload);
                            }
                        });
            }
            while (taken.size() < writers * each) {
                Spool.Batch batch = next(spool);
                batch.payloads().forEach(payload -> taken.add(payload[0] + "/" + payload[1]));
                spool.taken(batch);
            }
            pool.shutdown();
            assertThat(pool.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
            // 12.8 MB went through files of 4 MB: taken ones are gone
            assertThat(spoolFiles()).hasSizeLessThanOrEqualTo(2);
        }

        assertThat(taken).doesNotHaveDuplicates().hasSize(writers * each);
    }

    @Test
    void isFullAtItsLimit() {
        try (Spool spool = new Spool(folder, 100)) {
            assertThat(spool.isFull()).isFalse();

            spool.append(new byte[100]);

            assertThat(spool.isFull()).isTrue();
            spool.taken(next(spool));
            assertThat(spool.isFull()).isFalse();
        }
    }

    @Test
    void refusesAFolderInUse() {
        try (Spool _ = new Spool(folder, LIMIT)) {
            assertThatThrownBy(() -> new Spool(folder, LIMIT))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("another process");
        }
    }

    private List<Path> spoolFiles() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".spool")).sorted().toList();
        }
    }

    private static Spool.Batch next(Spool spool) {
        return Objects.requireNonNull(spool.next(1 << 20));
    }

    private static List<String> texts(Spool.Batch batch) {
        return batch.payloads().stream()
                .map(payload -> new String(payload, StandardCharsets.UTF_8))
                .toList();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
