package dev.gyre.inference.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.gyre.inference.TinyModel;
import dev.gyre.model.HuggingFaceFolder;
import dev.gyre.model.ReferenceForward;
import dev.gyre.model.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxModelTest {
    private static final double TOLERANCE = 2e-4;

    @TempDir private static Path folder;

    @BeforeAll
    static void writeModel() throws IOException {
        TinyModel.write(folder, 1);
    }

    @Test
    void readsAPromptInChunksAsTheReferenceDoes() {
        int[] ids = ids(3, 50);
        float[][] expected = reference(ids);

        try (OnnxModel model = open(4, 16)) {
            for (int from = 0; from < ids.length; from += 16) {
                int to = Math.min(from + 16, ids.length);
                model.prefill(2, ids, from, to);
                assertEqual(logits(model, 0), expected[to - 1]);
            }
        }
    }

    @Test
    void goesOnInABatchOfDifferentLengthsAsTheReferenceDoes() {
        try (OnnxModel model = open(4, 16)) {
            int[][] prompts = {ids(1, 3), ids(2, 15), ids(3, 1), ids(4, 9)};
            for (int slot = 0; slot < 4; slot++) {
                model.prefill(
                        slot,
                        prompts[slot],
                        0,
                        prompts[slot].length - 1 == 0 ? 1 : prompts[slot].length - 1);
            }
            for (int row = 0; row < 4; row++) {
                int length = prompts[row].length;
                model.setRow(row, prompts[row][length - 1], length - 1);
            }

            model.decode(4);

            for (int row = 0; row < 4; row++) {
                assertEqual(logits(model, row), reference(prompts[row])[prompts[row].length - 1]);
            }
        }
    }

    @Test
    void rowsThatFillTheShapeDoNoHarm() {
        try (OnnxModel model = open(3, 16)) {
            int[] half = ids(5, 12);
            model.prefill(0, half, 0, 5);
            int[] whole = ids(6, 8);
            model.prefill(1, whole, 0, 7);
            model.setRow(0, 0, 5);
            model.setRow(1, whole[7], 7);
            model.setRow(2, 0, 0);

            model.decode(3);
            assertEqual(logits(model, 1), reference(whole)[7]);

            model.prefill(0, half, 5, 12);
            assertEqual(logits(model, 0), reference(half)[11]);
        }
    }

    @Test
    void goesOnInAnotherSlotAfterAMove() {
        try (OnnxModel model = open(3, 16)) {
            int[] ids = ids(7, 10);
            model.prefill(2, ids, 0, 9);

            model.move(2, 0, 9);
            model.setRow(0, ids[9], 9);
            model.decode(1);

            assertEqual(logits(model, 0), reference(ids)[9]);
        }
    }

    @Test
    void runsUpToTheLastPositionOfItsContext() {
        int[] ids = ids(8, TinyModel.CONTEXT);
        try (OnnxModel model = open(2, 64)) {
            for (int from = 0; from < 192; from += 64) {
                model.prefill(1, ids, from, from + 64);
            }
            model.prefill(1, ids, 192, 255);
            model.setRow(0, 0, 0);
            model.setRow(1, ids[255], 255);

            model.decode(2);

            assertEqual(logits(model, 1), reference(ids)[255]);
        }
    }

    @Test
    void refusesAFileThatIsNoGraph() throws IOException {
        Path file = Files.write(folder.resolve("garbage.onnx"), new byte[] {1, 2, 3});

        assertThatThrownBy(() -> OnnxModel.open(file, new OnnxModel.Options(1, 16, 16, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("garbage.onnx cannot be run");
    }

    private static OnnxModel open(int slots, int chunk) {
        return OnnxModel.open(
                folder.resolve("onnx/fp32/model.onnx"),
                new OnnxModel.Options(slots, TinyModel.CONTEXT, chunk, 2));
    }

    private static float[][] reference(int[] ids) {
        HuggingFaceFolder files = new HuggingFaceFolder(folder);
        try (Weights weights = files.weights()) {
            return new ReferenceForward(files.config(), weights).logits(ids);
        }
    }

    private static float[] logits(OnnxModel model, int row) {
        float[] logits = new float[model.vocabulary()];
        model.logits(row, logits);
        return logits;
    }

    private static void assertEqual(float[] actual, float[] expected) {
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) actual[i]).isCloseTo(expected[i], within(TOLERANCE));
        }
    }

    private static int[] ids(long seed, int count) {
        return new Random(seed).ints(count, 0, 320).toArray();
    }
}
