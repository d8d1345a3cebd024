package dev.gyre.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class TopicTest {
    @Test
    void isWhatTheTableOfTheArchitectureSays() throws IOException {
        Path document = Path.of(System.getProperty("gyre.root"), "docs", "ARCHITECTURE.md");

        List<String> rows =
                Files.readAllLines(document).stream()
                        .filter(line -> line.startsWith("| `gyre."))
                        .map(TopicTest::nameWriterKept)
                        .toList();

        assertThat(rows)
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(Topic.values())
                                .map(
                                        topic ->
                                                String.join(
                                                        " | ",
                                                        topic.topicName(),
                                                        topic.writer(),
                                                        topic.keptInWords()))
                                .toList());
    }

    private static String nameWriterKept(String row) {
        String[] cells = row.split("\\|");
        return String.join(
                " | ", cells[1].strip().replace("`", ""), cells[3].strip(), cells[5].strip());
    }
}
