package dev.gyre.system;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Somebody who goes on asking while the served version changes.
final class Swap {
    private static final Duration PAUSE = Duration.ofMillis(50);

    private final CountDownLatch ending = new CountDownLatch(1);
    private final CompletableFuture<List<String>> versions = new CompletableFuture<>();

    private Swap() {}

    /// Begins to ask.
    static Swap watch(Rater rater) {
        Swap swap = new Swap();
        Thread.ofVirtual().name("swap").start(() -> swap.ask(rater));
        return swap;
    }

    private void ask(Rater rater) {
        List<String> seen = new ArrayList<>();
        try {
            boolean last;
            int number = 0;
            do {
                last = ending.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
                String version = rater.ask(TinyModel.prompt(number), number).version();
                if (seen.isEmpty() || !seen.getLast().equals(version)) {
                    seen.add(version);
                }
                number++;
            } while (!last);
            versions.complete(seen);
        } catch (IOException | InterruptedException | RuntimeException failed) {
            versions.completeExceptionally(failed);
        }
    }

    /// Asks once more, then stops: what others were told before is seen here too.
    ///
    /// @return versions that answered, in order, each as often as it came up anew
    /// @throws java.util.concurrent.CompletionException when a request failed
    List<String> end() {
        ending.countDown();
        return versions.join();
    }
}
