package dev.gyre.feedback.datasets;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gyre.artifacts.ModelVersion;
import dev.gyre.artifacts.Sha256;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SnapshotTest {
    private static final ModelVersion MODEL = new ModelVersion("starter", "job1-1");
    private static final DatasetRow ROW =
            new DatasetRow(
                    "r1",
                    "ab",
                    List.of(1, 2),
                    List.of(3, 0),
                    List.of(4),
                    "stop",
                    "length",
                    "Grüße \"an\"",
                    " alle\n",
                    "\u0000\uD83D\uDE00",
                    2);

    @Test
    void writesRowsInTheAgreedFormat() {
        Snapshot snapshot = snapshot(List.of(ROW), List.of());

        assertThat(new String(snapshot.train(), StandardCharsets.UTF_8))
                .isEqualTo(
                        """
                        {"rating_id":"r1","prompt_sha256":"ab","prompt_ids":[1,2],"chosen_ids":[3,0],\
                        "rejected_ids":[4],"chosen_finish_reason":"stop",\
                        "rejected_finish_reason":"length","prompt_text":"Grüße \\"an\\"",\
                        "chosen_text":" alle\\n","rejected_text":"\\u0000\uD83D\uDE00","strength":2}
                        """);
        assertThat(snapshot.holdout()).isEmpty();
    }

    @Test
    void theSameRowsGiveTheSameBytesHashAndId() {
        Snapshot one = snapshot(List.of(ROW), List.of(ROW));
        Snapshot other = snapshot(List.of(ROW), List.of(ROW));

        assertThat(other.manifest()).isEqualTo(one.manifest());
        assertThat(other.sha256()).isEqualTo(one.sha256());
        assertThat(other.id()).isEqualTo(one.id()).matches("ds-[0-9a-f]{24}");
        assertThat(snapshot(List.of(), List.of(ROW)).sha256()).isNotEqualTo(one.sha256());
    }

    @Test
    void anotherProjectWithTheSameRowsHasAnotherIdButTheSameHash() {
        Snapshot one = snapshot(List.of(ROW), List.of());
        Snapshot other = Snapshot.of("other", "starter", MODEL, 0.25, List.of(ROW), List.of());

        assertThat(other.sha256()).isEqualTo(one.sha256());
        assertThat(other.id()).isNotEqualTo(one.id());
    }

    @Test
    void theHashIsThatOfSha256sumsLinesAndTheManifestListsThem() throws Exception {
        Snapshot snapshot = snapshot(List.of(ROW), List.of());
        String lines =
                Sha256.of(snapshot.holdout())
                        + "  holdout.jsonl\n"
                        + Sha256.of(snapshot.train())
                        + "  train.jsonl\n";

        assertThat(snapshot.sha256()).isEqualTo(Sha256.of(lines.getBytes(StandardCharsets.UTF_8)));
        var manifest = new ObjectMapper().readTree(snapshot.manifest());
        assertThat(manifest.get("sha256").asText()).isEqualTo(snapshot.sha256());
        assertThat(manifest.get("id").asText()).isEqualTo(snapshot.id());
        assertThat(manifest.at("/files/train.jsonl/rows").asInt()).isEqualTo(1);
        assertThat(manifest.at("/files/train.jsonl/sha256").asText())
                .isEqualTo(Sha256.of(snapshot.train()));
        assertThat(manifest.at("/files/holdout.jsonl/size").asLong()).isZero();
    }

    @Test
    void exportsRowsAsTrlReadsThem() throws Exception {
        List<String> parts = new ArrayList<>();

        TrlExport.write(
                new ByteArrayInputStream(snapshot(List.of(ROW, ROW), List.of()).train()),
                parts::add);

        String line =
                "{\"prompt\":\"Grüße \\\"an\\\"\",\"chosen\":\" alle\\n\","
                        + "\"rejected\":\"\\u0000\uD83D\uDE00\"}\n";
        assertThat(String.join("", parts)).isEqualTo(line + line);
    }

    private static Snapshot snapshot(List<DatasetRow> training, List<DatasetRow> held) {
        return Snapshot.of("default", "starter", MODEL, 0.25, training, held);
    }
}
