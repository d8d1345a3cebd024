package dev.gyre.tokenizer;

import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// The encoders of a tokenizer: one for each running call, kept with its warm cache for later ones.
///
/// An encoder has up to 7 megabytes of memory, so that there are at most two for each processor,
/// and one for each 64 megabytes of heap; calls beyond that wait, which takes nothing from them,
/// since encoding does nothing but calculate.
///
/// @param <E> what encodes, for one thread at a time
final class EncoderPool<E> {
    private static final long HEAP_FOR_ONE = 64L << 20;

    private final Supplier<E> maker;
    private final Semaphore free;

    /// The one used last comes first: its cache is the nearest.
    private final ConcurrentLinkedDeque<E> idle = new ConcurrentLinkedDeque<>();

    EncoderPool(Supplier<E> maker) {
        this.maker = maker;
        free = new Semaphore(most());
    }

    /// Most encoders that there are at a time.
    static int most() {
        Runtime runtime = Runtime.getRuntime();
        long fit = Math.max(1, runtime.maxMemory() / HEAP_FOR_ONE);
        return (int) Math.min(2L * runtime.availableProcessors(), fit);
    }

    /// Lends an encoder. One that fails is not used again.
    void use(Consumer<E> work) {
        free.acquireUninterruptibly();
        try {
            E known = idle.pollFirst();
            E encoder = known != null ? known : maker.get();
            work.accept(encoder);
            idle.addFirst(encoder);
        } finally {
            free.release();
        }
    }
}
