package dev.gyre.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class EncoderPoolTest {
    private final AtomicInteger made = new AtomicInteger();
    private final EncoderPool<Integer> pool = new EncoderPool<>(made::incrementAndGet);

    @Test
    void makesNoMoreThanTheLimitForManyCalls() throws Exception {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch full = new CountDownLatch(EncoderPool.most());
        List<Future<?>> calls = new ArrayList<>();
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            for (int i = 0; i < 10 * EncoderPool.most(); i++) {
                calls.add(
                        threads.submit(
                                () ->
                                        pool.use(
                                                _ -> {
                                                    most.accumulateAndGet(
                                                            running.incrementAndGet(), Math::max);
                                                    full.countDown();
                                                    await(full);
                                                    running.decrementAndGet();
                                                })));
            }
            for (Future<?> call : calls) {
                call.get();
            }
        }

        assertThat(most.get()).isEqualTo(EncoderPool.most());
        assertThat(made.get()).isEqualTo(EncoderPool.most());
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void takesTheOneUsedLast() {
        List<Integer> used = new ArrayList<>();

        pool.use(outer -> pool.use(used::add));
        pool.use(used::add);

        assertThat(made.get()).isEqualTo(2);
        assertThat(used).containsExactly(2, 1);
    }

    @Test
    void dropsWhatFailsAndGivesItsPlaceBack() {
        for (int i = 1; i <= EncoderPool.most() + 1; i++) {
            assertThatThrownBy(
                            () ->
                                    pool.use(
                                            _ -> {
                                                throw new IllegalArgumentException("fails");
                                            }))
                    .hasMessage("fails");
            assertThat(made.get()).isEqualTo(i);
        }
    }
}
