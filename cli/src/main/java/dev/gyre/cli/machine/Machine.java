package dev.gyre.cli.machine;

import dev.gyre.embedded.Child;
import dev.gyre.embedded.Ports;
import dev.gyre.embedded.ProcessMark;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Everything that runs on one machine: Kafka and PostgreSQL first, then the services side by side.
///
/// One process owns a home at a time. Closing it ends the services, then what they stand on.
public final class Machine implements AutoCloseable {
    /// What to start.
    ///
    /// @param portOffset added to every port, 0 to 40,000
    /// @param without services that are not started
    public record Plan(int portOffset, Set<Service> without) {
        /// Checks the offset.
        public Plan {
            if (portOffset < 0 || portOffset > 40_000) {
                throw new CliException(
                        ExitStatus.USAGE,
                        "the port offset " + portOffset + " is outside of 0 to 40000");
            }
            without = Set.copyOf(without);
        }
    }

    private static final Duration CACHE_DELAY = Duration.ofMinutes(1);
    private static final Duration CACHE_MAKER_LIMIT = Duration.ofSeconds(10);

    private final GyreHome home;
    private final Plan plan;
    private final OwnerLock lock;
    private final Consumer<String> report;
    private final JvmOptions options = JvmOptions.load();
    private final AotCaches caches;
    private final List<Supervised> servers = new ArrayList<>();
    private final List<Supervised> services = new ArrayList<>();
    private volatile @Nullable Thread cacheMaker;

    private Machine(GyreHome home, Plan plan, OwnerLock lock, Consumer<String> report) {
        this.home = home;
        this.plan = plan;
        this.lock = lock;
        this.report = report;
        this.caches = new AotCaches(home, options);
    }

    /// Starts everything and returns when all of it is healthy.
    ///
    /// @param report takes lines for people
    /// @param environment variables that go before Gyre's own settings
    /// @throws CliException if something is in the way; nothing is left running then
    public static Machine start(
            GyreHome home, Plan plan, Map<String, String> environment, Consumer<String> report) {
        home.create();
        Machine machine = new Machine(home, plan, OwnerLock.take(home), report);
        try {
            machine.startAll(environment);
            return machine;
        } catch (RuntimeException e) {
            machine.close();
            throw e;
        }
    }

    private void startAll(Map<String, String> environment) {
        Leftovers.reap(home)
                .forEach(name -> report.accept("ended " + name + ", left by an earlier run"));
        Keys keys = Keys.ensure(home);
        Infrastructure infrastructure =
                new Infrastructure(home, plan.portOffset(), keys, environment);
        ServicePlans servicePlans =
                new ServicePlans(
                        home,
                        plan.portOffset(),
                        keys,
                        infrastructure,
                        caches::options,
                        environment);
        List<Supervised.Plan> wanted = wantedServices().stream().map(servicePlans::plan).toList();
        checkPorts(infrastructure);
        new RunRecord(RunRecord.OWNER, ProcessMark.ofThisProcess(), plan.portOffset()).write(home);
        startStage(infrastructure.plans(caches::options), servers);
        startStage(wanted, services);
    }

    private List<Service> wantedServices() {
        return List.of(Service.values()).stream()
                .filter(service -> !plan.without().contains(service))
                .toList();
    }

    private void checkPorts(Infrastructure infrastructure) {
        Map<Integer, String> ports = new TreeMap<>(infrastructure.ports());
        for (Service service : wantedServices()) {
            ports.put(service.httpPort(plan.portOffset()), service.processName() + " (HTTP)");
            ports.put(service.grpcPort(plan.portOffset()), service.processName() + " (gRPC)");
            ports.put(
                    service.managementPort(plan.portOffset()), service.processName() + " (health)");
        }
        ports.forEach(
                (port, use) -> {
                    if (!Ports.isFree(port)) {
                        throw new CliException(
                                "port %d, for %s, is taken by another process; end that one, or move all ports with './gyre up --port-offset 100'"
                                        .formatted(port, use));
                    }
                });
    }

    /// Starts processes side by side and waits for all.
    private void startStage(List<Supervised.Plan> plans, List<Supervised> stage) {
        plans.forEach(each -> stage.add(new Supervised(each, home, plan.portOffset(), report)));
        stage.forEach(Supervised::start);
        try (ExecutorService waiting = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            stage.forEach(each -> all.add(waiting.submit(() -> reportReady(each))));
            for (Supervised each : stage) {
                each.awaitReady(); // the first failure ends the start
            }
        } catch (CliException e) {
            stage.forEach(Supervised::stop);
            throw e;
        }
    }

    private void reportReady(Supervised process) {
        try {
            Duration time = process.awaitReady();
            report.accept(
                    "%s is healthy after %.1f s".formatted(process.name(), time.toMillis() / 1e3));
        } catch (CliException e) {
            // startStage says it once for all.
        }
    }

    /// Makes the AOT caches that are missing, in the background, for the starts to come.
    ///
    /// Takes two processor minutes for all of them, so a run that ends within a minute makes none.
    public void makeCachesInBackground() {
        cacheMaker = Thread.ofVirtual().name("aot-caches").start(this::makeCaches);
    }

    private void makeCaches() {
        try {
            Thread.sleep(CACHE_DELAY);
            List<String> missing =
                    Stream.concat(servers.stream(), services.stream())
                            .map(Supervised::name)
                            .filter(name -> !name.equals(Infrastructure.POSTGRES))
                            .filter(name -> !caches.of(name).exists())
                            .toList();
            if (missing.isEmpty()) {
                return;
            }
            try (Child maker = AotCacheMaker.start(home, options, missing)) {
                int status = maker.onExit().get();
                if (status != 0) {
                    report.accept(
                            "AOT caches are missing, the next start tries again (log: %s)"
                                    .formatted(maker.log()));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // Gyre ends; the next start tries again
        } catch (ExecutionException | RuntimeException e) {
            report.accept("AOT caches are missing, the next start tries again: " + e.getMessage());
        }
    }

    /// Ends everything.
    @Override
    public void close() {
        Thread maker = cacheMaker;
        if (maker != null) {
            maker.interrupt();
        }
        stopAll(services);
        stopAll(servers);
        if (maker != null) {
            awaitEnd(maker);
        }
        RunRecord.read(home, RunRecord.OWNER).ifPresent(record -> record.forget(home));
        lock.close();
    }

    /// Its processes end with it, so that none is left when this process ends.
    private static void awaitEnd(Thread maker) {
        try {
            maker.join(CACHE_MAKER_LIMIT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void stopAll(List<Supervised> processes) {
        try (ExecutorService stopping = Executors.newVirtualThreadPerTaskExecutor()) {
            processes.forEach(each -> stopping.submit(each::stop));
        }
    }
}
