package dev.gyre.training.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.gyre.training.engine.Golden;
import dev.gyre.training.engine.LlamaModel;
import dev.gyre.training.engine.Torch;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class TokenStreamTest {
    @BeforeAll
    static void start() {
        Torch.start(1);
    }

    @Test
    void anEpochShowsEveryWindowOnceAndTheStepAloneSaysWhich() {
        TokenStream stream = TokenStream.of(List.of(IntStream.range(1, 101).toArray()), 0);

        Set<Long> starts = new HashSet<>();
        try (PointerScope _ = new PointerScope()) {
            for (int step = 0; step < 9; step++) { // (101 − 10) / 10 windows, one a step
                long[] row = values(stream.batch(step, 1, 10, 7));
                starts.add(row[0]);
                assertThat(row).hasSize(11);
                assertThat(row[10] - row[0]).isEqualTo(10);
                assertThat(values(stream.batch(step, 1, 10, 7))).isEqualTo(row);
            }
        }

        assertThat(starts).hasSize(9);
    }

    /// Every model that was trained so far depends on this order.
    @Test
    void theOrderIsWhatItAlwaysWas() {
        TokenStream stream = TokenStream.of(List.of(IntStream.range(1, 101).toArray()), 0);
        List<Long> starts = new ArrayList<>();

        try (PointerScope _ = new PointerScope()) {
            for (int step = 0; step < 7; step++) { // the second epoch begins within a step
                long[] rows = values(stream.batch(step, 2, 10, 7));
                starts.addAll(List.of(rows[0], rows[11]));
            }
        }

        assertThat(starts)
                .containsExactly(
                        30L, 90L, 70L, 60L, 50L, 80L, 20L, 10L, 40L, 53L, 13L, 33L, 43L, 73L);
    }

    @Test
    void readsAllPartsOfATextOfMoreTokensThanAnIntCounts() {
        TokenStream stream = new TokenStream(new Places(3L << 31));
        Set<Long> starts = new HashSet<>();

        try (PointerScope _ = new PointerScope()) {
            for (int step = 0; step < 100; step++) {
                long[] row = values(stream.batch(step, 1, Places.STEP, 7));
                starts.add(row[0]);
                assertThat(row[Places.STEP] - row[0]).isEqualTo(1);
            }
        }

        assertThat(starts).hasSize(100).allMatch(start -> start >= 0 && start < 3L << 15);
        assertThat(starts).anyMatch(start -> start > 1L << 16);
    }

    @Test
    void refusesATextOfTooManyWindows() {
        TokenStream stream = new TokenStream(new Places(1L << 34));

        assertThatThrownBy(() -> stream.batch(0, 8, 128, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "the text has 134217727 sequences of 128 tokens, the limit is 67108864;"
                                + " raise sequence_length or give less text");
    }

    @Test
    void refusesATextThatIsTooShort() {
        TokenStream stream = TokenStream.of(List.of(new int[] {1, 2, 3}), 0);

        assertThatThrownBy(() -> stream.batch(0, 8, 128, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the text has 4 tokens");
    }

    @Test
    void heldOutLossIsThatOfOneForwardPassWhenTheWindowIsLongEnough() {
        List<int[]> ids = List.of(new int[] {5, 9, 11}, new int[] {4, 30, 8, 7});
        HeldOutText text = HeldOutText.of(List.of("abc", "defg"), ids, 2, 1000);

        try (PointerScope _ = new PointerScope();
                LlamaModel model = Golden.model("tied")) {
            Tensor stream = Torch.longs(new long[] {5, 9, 11, 2, 4, 30, 8, 7, 2}, 1, 9);
            double whole = model.loss(stream.narrow(1, 0, 8), stream.narrow(1, 1, 8)).item_double();

            assertThat(text.nats(model, 16)).isEqualTo(whole, within(1e-5));
            assertThat(text.bytes()).isEqualTo(9);
            assertThat(text.bitsPerByte(Math.log(2))).isEqualTo(1, within(1e-12));
        }
    }

    @Test
    void overlappingWindowsCountEveryTokenOnce() {
        List<int[]> ids = new ArrayList<>();
        List<String> documents = new ArrayList<>();
        for (int document = 0; document < 9; document++) {
            ids.add(new int[] {3 + document, 5, 7 + document, 4});
            documents.add("text");
        }
        HeldOutText text = HeldOutText.of(documents, ids, 2, 1000);

        try (PointerScope _ = new PointerScope();
                LlamaModel zero = Golden.model("tied")) {
            zero.parameters().values().forEach(parameter -> parameter.detach().zero_());

            for (int window : new int[] {4, 7, 8, 32}) { // every token costs log 47 then
                assertThat(text.nats(zero, window)).isEqualTo(Math.log(47), within(1e-5));
            }
        }
    }

    /// Each id tells its place, in steps.
    private record Places(long size) implements TokenSource {
        static final int STEP = 1 << 16;

        @Override
        public int[] tokens(long start, int count) {
            return IntStream.range(0, count).map(i -> (int) ((start + i) / STEP)).toArray();
        }
    }

    static long[] values(Tensor tensor) {
        long[] values = new long[(int) tensor.numel()];
        new LongPointer(tensor.contiguous().data_ptr()).get(values);
        return values;
    }
}
