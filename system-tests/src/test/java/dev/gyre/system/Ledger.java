package dev.gyre.system;

import dev.gyre.proto.feedback.v1.PairVerdict;
import io.grpc.Status;
import io.grpc.StatusException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Some raters at their work, each asking twice and rating the pair, again and again, and the book
/// that they keep of what they were given and what was acknowledged. A request that fails on its
/// way is repeated, a rating under its own id, until it is answered.
final class Ledger implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(150);
    private static final Duration RETRY = Duration.ofMillis(300);
    private static final Duration LONGEST_OUTAGE = Duration.ofSeconds(60);
    private static final Set<Status.Code> ON_ITS_WAY =
            EnumSet.of(Status.Code.UNAVAILABLE, Status.Code.DEADLINE_EXCEEDED);

    private final Rater rater;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Future<?>> raters = new ArrayList<>();
    private final CountDownLatch ending = new CountDownLatch(1);
    private final Set<String> completions = ConcurrentHashMap.newKeySet();
    private final Set<String> ratings = ConcurrentHashMap.newKeySet();
    private final AtomicInteger pairs = new AtomicInteger();
    private final AtomicInteger choices = new AtomicInteger();
    private final AtomicInteger sent = new AtomicInteger();
    private final AtomicInteger retried = new AtomicInteger();

    /// Starts the raters.
    Ledger(Rater rater, int count) {
        this.rater = rater;
        for (int number = 0; number < count; number++) {
            raters.add(threads.submit(this::work));
        }
    }

    private Void work() throws Exception {
        while (!ending.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
            int number = pairs.incrementAndGet();
            Rater.Answer first = answer(number, 2L * number);
            Rater.Answer second = answer(number, 2L * number + 1);
            String id = "rating-%05d".formatted(number);
            PairVerdict verdict =
                    number % 2 == 0
                            ? PairVerdict.PAIR_VERDICT_FIRST_BETTER
                            : PairVerdict.PAIR_VERDICT_SECOND_BETTER;
            Rater.Pair pair = new Rater.Pair(first, second);
            untilAnswered(
                    () -> {
                        rater.rate(id, pair, verdict);
                        return id;
                    });
            ratings.add(id);
            if (pair.isChoice()) {
                choices.incrementAndGet();
            }
        }
        return null;
    }

    private Rater.Answer answer(int number, long seed) throws Exception {
        Rater.Answer answer =
                untilAnswered(() -> rater.ask(TinyModel.prompt(number % 1_000), seed));
        if (!completions.add(answer.id())) {
            throw new AssertionError("completion id " + answer.id() + " was given twice");
        }
        return answer;
    }

    private interface Request<T> {
        T send() throws Exception;
    }

    private <T> T untilAnswered(Request<T> request) throws Exception {
        long end = System.nanoTime() + LONGEST_OUTAGE.toNanos();
        while (true) {
            sent.incrementAndGet();
            try {
                return request.send();
            } catch (IOException | StatusException failure) {
                if (System.nanoTime() > end || !isOnItsWay(failure)) {
                    throw failure;
                }
                retried.incrementAndGet();
                Thread.sleep(RETRY);
            }
        }
    }

    /// An answer is an answer, also one that is no success. What the client says by itself of a
    /// connection that breaks is `UNAVAILABLE` or, when it breaks while it writes, `UNKNOWN` with a
    /// cause, which no answer of a service has.
    private static boolean isOnItsWay(Exception failure) {
        return failure instanceof StatusException refused
                && (ON_ITS_WAY.contains(refused.getStatus().getCode())
                        || refused.getStatus().getCause() instanceof IOException);
    }

    /// Ids of the completions that were received.
    Set<String> completions() {
        return completions;
    }

    /// Ids of the ratings that were acknowledged.
    Set<String> ratings() {
        return ratings;
    }

    /// Acknowledged ratings of two different answers.
    int choices() {
        return choices.get();
    }

    /// Requests sent, repeated ones included.
    int sent() {
        return sent.get();
    }

    /// Requests that failed on their way and were sent again.
    int retried() {
        return retried.get();
    }

    /// Ends the work in order: what is begun is rated.
    ///
    /// @throws ExecutionException when a request failed for good
    void end() throws ExecutionException, InterruptedException {
        ending.countDown();
        for (Future<?> each : raters) {
            each.get();
        }
    }

    @Override
    public void close() {
        ending.countDown();
        threads.shutdownNow();
    }
}
