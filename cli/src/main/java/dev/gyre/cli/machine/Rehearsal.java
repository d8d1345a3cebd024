package dev.gyre.cli.machine;

import dev.gyre.embedded.Child;
import dev.gyre.embedded.Ports;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Processes that run for the sake of a recording, in a home that is thrown away, with a Kafka and
/// a PostgreSQL of their own: nothing of it reaches the topics, databases and consumer groups that
/// people use.
final class Rehearsal implements AutoCloseable {
    /// What the first seconds after a start load, Kafka's consumers above all, belongs to it.
    private static final long PLAY_MILLIS = 5_000;

    /// At the lowest priority, on a machine that may be busy.
    private static final Duration START_LIMIT = Duration.ofMinutes(10);

    /// Keeps every port below those that the system hands out by itself.
    private static final int LARGEST_OFFSET = 13_000;

    private final GyreHome home;
    private final Keys keys;
    private final AotCaches caches;
    private final int portOffset = freePortOffset();
    private final Infrastructure infrastructure;
    private final List<Child> children = new ArrayList<>();
    private boolean hasServers;
    private boolean closed;

    /// @param home home that is thrown away
    /// @param caches what is ready is used
    Rehearsal(GyreHome home, AotCaches caches) {
        home.create();
        this.home = home;
        this.keys = Keys.ensure(home);
        this.caches = caches;
        this.infrastructure = new Infrastructure(home, portOffset, keys, Map.of());
    }

    /// Starts a process, lets it work for a moment and ends it; returns when it has ended.
    ///
    /// @param process Kafka or a service
    /// @param options its JVM options
    /// @throws IllegalStateException if it does not start; the message ends in its log
    void play(String process, List<String> options) throws InterruptedException {
        Child child = start(plan(process, options));
        Thread.sleep(PLAY_MILLIS);
        // Not by its pipe: that sets a limit, and a busy machine takes longer to write a recording.
        child.handle().destroy();
        while (child.isAlive()) {
            Thread.sleep(100);
        }
    }

    /// Ends everything at once: what is recorded now is of no use to anybody.
    @Override
    public synchronized void close() {
        closed = true;
        for (Child child : children) {
            if (!child.name().equals(Infrastructure.POSTGRES)) {
                child.handle().destroyForcibly();
            }
        }
        children.forEach(Child::close); // in order: killed, PostgreSQL would leave shared memory
    }

    private Supervised.Plan plan(String process, List<String> options) throws InterruptedException {
        Function<String, List<String>> all =
                name -> name.equals(process) ? options : caches.options(name);
        if (process.equals(Infrastructure.KAFKA)) {
            return server(process, all);
        }
        if (!hasServers) {
            start(server(Infrastructure.KAFKA, all));
            start(server(Infrastructure.POSTGRES, all));
            hasServers = true;
        }
        ServicePlans plans =
                new ServicePlans(home, portOffset, keys, infrastructure, all, Map.of());
        return Stream.of(Service.values())
                .filter(service -> service.processName().equals(process))
                .map(plans::plan)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no service " + process));
    }

    private Supervised.Plan server(String name, Function<String, List<String>> options) {
        return infrastructure.plans(options).stream()
                .filter(plan -> plan.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private Child start(Supervised.Plan plan) throws InterruptedException {
        Child child = launch(plan);
        long end = System.nanoTime() + START_LIMIT.toNanos();
        while (!plan.ready().getAsBoolean()) {
            if (!child.isAlive() || System.nanoTime() > end) {
                throw new IllegalStateException(
                        "%s does not start; its log %s ends in:%n%s"
                                .formatted(plan.name(), child.log(), child.logTail()));
            }
            Thread.sleep(200);
        }
        return child;
    }

    private synchronized Child launch(Supervised.Plan plan) {
        if (closed) {
            throw new IllegalStateException("the rehearsal is over");
        }
        Child child = plan.launch().get();
        children.add(child);
        return child;
    }

    private static int freePortOffset() {
        return new Random()
                .ints(1, LARGEST_OFFSET)
                .limit(1_000)
                .filter(offset -> ports(offset).allMatch(Ports::isFree))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no port offset with free ports"));
    }

    private static IntStream ports(int offset) {
        return IntStream.concat(
                Infrastructure.allPorts(offset),
                Stream.of(Service.values())
                        .flatMapToInt(
                                service ->
                                        IntStream.of(
                                                service.httpPort(offset),
                                                service.grpcPort(offset),
                                                service.managementPort(offset))));
    }
}
