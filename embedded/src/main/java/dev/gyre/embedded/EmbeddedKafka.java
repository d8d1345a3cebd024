package dev.gyre.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

/// One Apache Kafka broker, KRaft controller included, as a child JVM with its own class path.
///
/// Clients and the controller log in by SASL/PLAIN; both listen on the loopback address only. The
/// data folder is formatted before the first start. Topics are not made by being used: a misspelt
/// name is an error.
public final class EmbeddedKafka implements AutoCloseable {
    /// JVM options for a broker with few topics; see [Settings#jvmOptions].
    public static final List<String> DEFAULT_JVM_OPTIONS =
            List.of(
                    "-XX:+UseSerialGC",
                    "-Xms64m",
                    "-Xmx256m",
                    "-XX:MaxDirectMemorySize=64m",
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+ExitOnOutOfMemoryError",
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow");

    private static final Duration START_LIMIT = Duration.ofSeconds(90);

    /// What a broker needs to know.
    ///
    /// @param installation where Kafka's jars are
    /// @param folder data, configuration and log of this broker; made when it is missing
    /// @param log file for the broker's output
    /// @param port port for clients
    /// @param controllerPort port for the controller
    /// @param username name that clients log in with; letters, digits, `-` and `_`
    /// @param password its password; letters, digits, `-` and `_`
    /// @param jvmOptions options of the broker's JVM
    public record Settings(
            Installation installation,
            Path folder,
            Path log,
            int port,
            int controllerPort,
            String username,
            String password,
            List<String> jvmOptions) {
        /// Checks the names, which go into a configuration file unquoted.
        public Settings {
            PlainWord.check("Kafka user name", username);
            PlainWord.check("Kafka password", password);
            folder = folder.toAbsolutePath();
            log = log.toAbsolutePath();
            jvmOptions = List.copyOf(jvmOptions);
        }
    }

    private final Settings settings;
    private final Child child;

    private EmbeddedKafka(Settings settings, Child child) {
        this.settings = settings;
        this.child = child;
    }

    /// Formats the data folder where needed, starts the broker and waits until it answers.
    ///
    /// @throws IllegalStateException if it does not answer in 90 s; the message ends in its log
    public static EmbeddedKafka start(Settings settings) {
        EmbeddedKafka kafka = launch(settings);
        try {
            Readiness.await("Kafka", kafka.child, START_LIMIT, kafka::isReady);
            return kafka;
        } catch (RuntimeException e) {
            kafka.close();
            throw e;
        }
    }

    /// Formats the data folder where needed and starts the broker without waiting for it.
    public static EmbeddedKafka launch(Settings settings) {
        Path properties = writeProperties(settings);
        if (!Files.exists(settings.folder().resolve("data/meta.properties"))) {
            format(settings, properties);
        }
        JavaCommand command =
                new JavaCommand(
                        withLogging(settings.jvmOptions()),
                        settings.installation().kafkaClassPath(),
                        "kafka.Kafka",
                        List.of(properties.toString()));
        return new EmbeddedKafka(
                settings,
                Child.start(
                        "kafka",
                        command.tethered(settings.installation().tetherJar()),
                        Map.of(),
                        settings.folder(),
                        settings.log()));
    }

    /// Whether the broker answers requests.
    public boolean isReady() {
        return KafkaProbe.answers(Ports.LOOPBACK, settings.port());
    }

    /// How clients reach it.
    public KafkaAddress address() {
        return new KafkaAddress(
                Ports.LOOPBACK + ":" + settings.port(), settings.username(), settings.password());
    }

    /// The broker's process.
    public Child child() {
        return child;
    }

    /// Shuts the broker down.
    @Override
    public void close() {
        child.close();
    }

    private static void format(Settings settings, Path properties) {
        JavaCommand command =
                new JavaCommand(
                        withLogging(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")),
                        settings.installation().kafkaClassPath(),
                        "kafka.tools.StorageTool",
                        List.of("format", "-t", clusterId(), "-c", properties.toString()));
        ShortRun.of("Kafka's storage tool", command.plain(), settings.folder(), settings.log());
    }

    /// Cluster ids are UUIDs in URL-safe base 64 that do not begin with a hyphen, which the storage
    /// tool would take for an option.
    private static String clusterId() {
        UUID id = UUID.randomUUID();
        byte[] bytes =
                java.nio.ByteBuffer.allocate(16)
                        .putLong(id.getMostSignificantBits())
                        .putLong(id.getLeastSignificantBits())
                        .array();
        String text = java.util.Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        return text.startsWith("-") ? clusterId() : text;
    }

    private static List<String> withLogging(List<String> jvmOptions) {
        List<String> options = new ArrayList<>(jvmOptions);
        options.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");
        options.add("-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info");
        options.add("-Dorg.slf4j.simpleLogger.showDateTime=true");
        options.add("-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX");
        return options;
    }

    private static Path writeProperties(Settings settings) {
        Path file = settings.folder().resolve("server.properties");
        String text =
                properties(settings).entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + entry.getValue() + "\n")
                        .collect(Collectors.joining());
        try {
            Files.createDirectories(settings.folder());
            PrivateFile.write(file, text);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    private static Map<String, String> properties(Settings settings) {
        String controller = Ports.LOOPBACK + ":" + settings.controllerPort();
        String login =
                "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%1$s\" password=\"%2$s\" user_%1$s=\"%2$s\";"
                        .formatted(settings.username(), settings.password());
        Map<String, String> values = new TreeMap<>();
        values.put("process.roles", "broker,controller");
        values.put("node.id", "1");
        values.put("controller.quorum.voters", "1@" + controller);
        values.put("controller.listener.names", "CONTROLLER");
        values.put("inter.broker.listener.name", "CLIENT");
        values.put(
                "listeners",
                "CLIENT://"
                        + Ports.LOOPBACK
                        + ":"
                        + settings.port()
                        + ",CONTROLLER://"
                        + controller);
        values.put("advertised.listeners", "CLIENT://" + Ports.LOOPBACK + ":" + settings.port());
        values.put(
                "listener.security.protocol.map",
                "CLIENT:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT");
        values.put("sasl.enabled.mechanisms", "PLAIN");
        values.put("sasl.mechanism.inter.broker.protocol", "PLAIN");
        values.put("sasl.mechanism.controller.protocol", "PLAIN");
        values.put("listener.name.client.plain.sasl.jaas.config", login);
        values.put("listener.name.controller.plain.sasl.jaas.config", login);
        values.put("log.dirs", settings.folder().resolve("data").toString());
        values.put("auto.create.topics.enable", "false");
        values.put("num.partitions", "1");
        values.put("default.replication.factor", "1");
        for (String internal :
                List.of(
                        "offsets.topic",
                        "transaction.state.log",
                        "share.coordinator.state.topic")) {
            values.put(internal + ".replication.factor", "1");
            values.put(internal + ".num.partitions", "1");
        }
        values.put("transaction.state.log.min.isr", "1");
        values.put("share.coordinator.state.topic.min.isr", "1");
        values.put("group.initial.rebalance.delay.ms", "0");
        // Sized for one machine: the defaults reserve 128 MB for the cleaner, 10 MB of index a
        // segment, and threads for a server of many cores.
        values.put("log.cleaner.dedupe.buffer.size", "10485760");
        values.put("log.index.size.max.bytes", "1048576");
        values.put("num.network.threads", "2");
        values.put("num.io.threads", "2");
        values.put("num.recovery.threads.per.data.dir", "1");
        values.put("background.threads", "2");
        values.put("controlled.shutdown.max.retries", "1");
        return values;
    }
}
