package dev.gyre.artifacts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FolderStoreTest {
    @TempDir Path folder;

    @Test
    void readsWhatWasWritten() throws IOException {
        ArtifactStore store = ArtifactStore.open(folder.toString());

        store.write("texts/a.txt", bytes("one"));
        store.write("texts/a.txt", bytes("two"));

        assertThat(store.read("texts/a.txt").readAllBytes()).isEqualTo(bytes("two"));
        assertThat(store.size("texts/a.txt")).isEqualTo(3);
        assertThat(store.list("")).containsExactly("texts/a.txt");
        assertThat(store.folders("")).containsExactly("texts");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../x",
                "/etc/passwd",
                "a//b",
                "a/../b",
                ".hidden",
                "a/.b",
                "",
                "a\u0000b",
                "a\\b"
            })
    void refusesPathsThatCouldLeaveTheStore(String path) throws IOException {
        ArtifactStore store = ArtifactStore.open(folder.toString());

        assertThatThrownBy(() -> store.write(path, bytes("x")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("segment");
    }

    @Test
    void doesNotFollowLinks() throws IOException {
        ArtifactStore store = ArtifactStore.open(folder.resolve("store").toString());
        Path secret = Files.writeString(folder.resolve("secret"), "secret");
        Files.createDirectories(folder.resolve("store/texts"));
        Files.createSymbolicLink(folder.resolve("store/texts/link"), secret);

        assertThat(store.exists("texts/link")).isFalse();
        assertThatThrownBy(() -> store.read("texts/link")).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void deletesAFolderAndNothingElse() throws IOException {
        ArtifactStore store = ArtifactStore.open(folder.resolve("store").toString());
        Path secret = Files.writeString(folder.resolve("secret"), "secret");
        store.write("a/b/1", bytes("x"));
        store.write("a/b/c/2", bytes("x"));
        store.write("a/bb/3", bytes("x"));
        Files.createSymbolicLink(folder.resolve("store/a/b/link"), folder);

        store.deleteAll("a/b");
        store.deleteAll("nothing");

        assertThat(store.list("")).containsExactly("a/bb/3");
        assertThat(store.folders("a")).containsExactly("bb");
        assertThat(secret).exists();
        assertThatThrownBy(() -> store.deleteAll("../store"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void letsExactlyOneWriterWin() throws Exception {
        ArtifactStore store = ArtifactStore.open(folder.toString());

        try (var threads = Executors.newFixedThreadPool(8)) {
            var writers =
                    IntStream.range(0, 8)
                            .<Callable<Boolean>>mapToObj(
                                    i ->
                                            () ->
                                                    store.writeIfAbsent(
                                                            "m/manifest.json",
                                                            bytes("writer " + i)))
                            .toList();
            long winners =
                    threads.invokeAll(writers).stream()
                            .filter(future -> future.resultNow())
                            .count();
            assertThat(winners).isEqualTo(1);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
