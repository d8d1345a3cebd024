package dev.gyre.system;

import dev.gyre.access.Identity;
import dev.gyre.access.Role;
import dev.gyre.cli.Gyre;
import dev.gyre.cli.client.Services;
import dev.gyre.cli.machine.GyreHome;
import dev.gyre.cli.machine.Keys;
import dev.gyre.cli.machine.MachineStatus;
import dev.gyre.cli.machine.MachineStatus.ProcessStatus;
import dev.gyre.cli.machine.Service;
import dev.gyre.cli.machine.Shutdown;
import dev.gyre.embedded.Child;
import dev.gyre.embedded.Installation;
import dev.gyre.embedded.JavaCommand;
import dev.gyre.embedded.KafkaAddress;
import dev.gyre.embedded.Ports;
import dev.gyre.events.KafkaSettings;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/// Everything, as `./gyre up` runs it: the same command, in a home of its own, on ports that are
/// free. It ends with this process, in whatever way that ends.
final class LocalGyre implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(120);
    private static final Duration RESTART = Duration.ofSeconds(60);
    private static final Duration END = Duration.ofSeconds(2);
    private static final Duration ANSWER = Duration.ofSeconds(30);
    private static final Duration TOKEN = Duration.ofHours(1);

    /// Kafka, its controller and PostgreSQL, without offset.
    private static final List<Integer> SERVER_PORTS = List.of(19_092, 19_093, 15_432);

    /// Offsets are multiples of this up to [#LARGEST_OFFSET], so that no port of one stack is
    /// another port of a second one.
    private static final int OFFSET_STEP = 10;

    private static final int LARGEST_OFFSET = 990;

    /// The second compiler takes more processor time than so short a life gains by it.
    private static final String QUICK_START = "-XX:TieredStopAtLevel=1";

    private final GyreHome home;
    private final int portOffset;
    private final Child launcher;

    private LocalGyre(GyreHome home, int portOffset, Child launcher) {
        this.home = home;
        this.portOffset = portOffset;
        this.launcher = launcher;
    }

    /// Starts everything, without a model, and waits until it is healthy.
    ///
    /// @param folder for the home and the launcher's output
    /// @param settings configuration of the services as environment variables
    static LocalGyre start(Path folder, Map<String, String> settings) throws Exception {
        Path root = Path.of(System.getProperty(Installation.ROOT_PROPERTY));
        Path jars = root.resolve("cli/target/lib");
        if (!Files.isDirectory(jars)) {
            throw new AssertionError(jars + " is not there; run './gyre build' first");
        }
        GyreHome home = new GyreHome(root, folder.resolve("home"));
        int portOffset = freeOffset();
        List<String> options = new ArrayList<>(List.of(jvmOptions("cli").split(" +")));
        options.add("-D" + Installation.ROOT_PROPERTY + "=" + root);
        options.add("-Dgyre.home=" + home.folder());
        JavaCommand up =
                new JavaCommand(
                        options,
                        List.of(jars.resolve("*")),
                        Gyre.class.getName(),
                        List.of(
                                "up",
                                "--no-model",
                                "--no-aot",
                                "--port-offset",
                                Integer.toString(portOffset)));
        Child launcher =
                Child.start(
                        "gyre up",
                        up.tethered(Installation.inCheckout(root).tetherJar()),
                        withQuickStart(settings),
                        folder,
                        folder.resolve("up.log"));
        LocalGyre gyre = new LocalGyre(home, portOffset, launcher);
        try {
            Patience.until("gyre up", START, gyre::greets);
            return gyre;
        } catch (Exception | AssertionError failure) {
            gyre.close();
            throw failure;
        }
    }

    /// The JVM options that `./gyre up` gives a process.
    private static String jvmOptions(String process) throws IOException {
        Properties options = new Properties();
        try (InputStream file = Gyre.class.getResourceAsStream("machine/jvm-options.properties")) {
            options.load(file);
        }
        return options.getProperty(process);
    }

    /// What the processes inherit holds where their command lines say nothing else; workers inherit
    /// nothing of the kind.
    private static Map<String, String> withQuickStart(Map<String, String> settings)
            throws IOException {
        Map<String, String> environment = new HashMap<>();
        environment.put("JAVA_TOOL_OPTIONS", QUICK_START);
        environment.put("GYRE_WORKER_JAVA_OPTIONS", jvmOptions("worker") + " " + QUICK_START);
        environment.putAll(settings);
        return environment;
    }

    /// Test classes that run at the same time, each in a JVM with a number, choose among different
    /// ones.
    private static int freeOffset() {
        int forks = Integer.getInteger("gyre.test.forks", 1);
        int own = Integer.getInteger("gyre.test.fork", 0) % forks;
        return new Random()
                .ints(1, LARGEST_OFFSET / OFFSET_STEP)
                .filter(multiple -> multiple % forks == own)
                .limit(1_000)
                .map(multiple -> multiple * OFFSET_STEP)
                .filter(offset -> ports(offset).allMatch(Ports::isFree))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no port offset with free ports"));
    }

    private static Stream<Integer> ports(int offset) {
        Stream<Integer> ofServices =
                Stream.of(Service.values())
                        .flatMap(
                                service ->
                                        Stream.of(
                                                service.httpPort(offset),
                                                service.grpcPort(offset),
                                                service.managementPort(offset)));
        return Stream.concat(ofServices, SERVER_PORTS.stream().map(port -> port + offset));
    }

    private boolean greets() throws IOException {
        if (!launcher.isAlive()) {
            throw new AssertionError("gyre up ended:\n" + launcher.logTail());
        }
        return Files.readString(launcher.log()).contains("Ctrl-C");
    }

    /// The artifact store's folder.
    Path artifacts() {
        return home.artifacts();
    }

    /// The services as somebody of the default project calls them.
    Services as(String subject, Role... roles) {
        return Services.of(home, identity(subject, roles));
    }

    /// The services as the local operator of some projects calls them.
    Services asOperatorOf(List<String> projects) {
        return Services.of(home, Keys.operatorOf(projects));
    }

    /// A token of the local issuer.
    String token(String subject, Role... roles) {
        return Keys.of(home).accessToken(identity(subject, roles), TOKEN);
    }

    private static Identity identity(String subject, Role... roles) {
        return new Identity(subject, Set.of(roles), List.of(Identity.DEFAULT_PROJECT));
    }

    /// Where OpenAI clients connect to.
    String openAiAddress() {
        return status().openAiAddress();
    }

    /// Kafka as the services reach it.
    KafkaSettings kafka() {
        KafkaAddress kafka = status().kafka(Keys.of(home), Map.of());
        return new KafkaSettings(kafka.bootstrapServers(), kafka.username(), kafka.password(), "");
    }

    /// A number that a service shows Prometheus.
    ///
    /// @param metric name with labels, as it stands there
    double metric(Service service, String metric) throws IOException, InterruptedException {
        String address =
                "http://"
                        + Ports.LOOPBACK
                        + ":"
                        + service.managementPort(portOffset)
                        + "/q/metrics";
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            String text =
                    client.send(
                                    HttpRequest.newBuilder(URI.create(address))
                                            .timeout(ANSWER)
                                            .build(),
                                    HttpResponse.BodyHandlers.ofString())
                            .body();
            return text.lines()
                    .filter(line -> line.startsWith(metric + " "))
                    .mapToDouble(line -> Double.parseDouble(line.substring(metric.length() + 1)))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no " + metric + " in:\n" + text));
        }
    }

    /// Kills a process with signal 9 and waits until it is there again and healthy.
    ///
    /// @param process its name, for example `kafka`
    /// @return seconds from the kill to healthy
    double killAndAwaitRestart(String process) throws Exception {
        long pid = process(process).pid();
        long start = System.nanoTime();
        if (!ProcessHandle.of(pid).orElseThrow().destroyForcibly()) {
            throw new AssertionError("cannot kill " + process + ", process " + pid);
        }
        Patience.until(
                process + " is healthy again",
                RESTART,
                () -> {
                    ProcessStatus now = process(process);
                    return now.pid() != pid && now.healthy();
                });
        return (System.nanoTime() - start) / 1e9;
    }

    /// What the launcher has said of processes that ended and were started again.
    List<String> restarts() throws IOException {
        return Files.readAllLines(launcher.log()).stream()
                .filter(line -> line.contains("starting it again"))
                .toList();
    }

    private ProcessStatus process(String name) {
        return status().processes().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no process " + name));
    }

    private MachineStatus status() {
        return MachineStatus.of(home)
                .orElseThrow(() -> new AssertionError("gyre up has ended:\n" + launcher.logTail()));
    }

    /// Ends everything as `gyre down` does.
    ///
    /// @throws AssertionError when a process is left
    @Override
    public void close() {
        List<ProcessHandle> processes = launcher.handle().descendants().toList();
        Shutdown.of(home);
        launcher.close();
        List<String> left =
                processes.stream()
                        .filter(process -> !endsWithin(process, END))
                        .map(process -> process.pid() + " " + process.info().commandLine())
                        .toList();
        if (!left.isEmpty()) {
            throw new AssertionError("gyre down left " + left);
        }
    }

    /// A killed process takes a moment until the system has done away with it.
    private static boolean endsWithin(ProcessHandle process, Duration limit) {
        try {
            process.onExit().get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException | ExecutionException stillThere) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
