package dev.gyre.cli.machine;

import dev.gyre.embedded.Child;
import dev.gyre.embedded.DatabaseAddress;
import dev.gyre.embedded.Databases;
import dev.gyre.embedded.EmbeddedKafka;
import dev.gyre.embedded.EmbeddedPostgres;
import dev.gyre.embedded.Installation;
import dev.gyre.embedded.KafkaAddress;
import dev.gyre.embedded.KafkaProbe;
import dev.gyre.embedded.Ports;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Kafka and PostgreSQL of a run: embedded ones, or those that the environment names with
/// `GYRE_KAFKA_BOOTSTRAP_SERVERS` (`…_USERNAME`, `…_PASSWORD`) and `GYRE_POSTGRES_SERVER`
/// (`host:port`, `…_USERNAME`, `…_PASSWORD`).
final class Infrastructure {
    static final String KAFKA = "kafka";
    static final String POSTGRES = "postgresql";
    private static final String KAFKA_VARIABLE = "GYRE_KAFKA_BOOTSTRAP_SERVERS";
    private static final int KAFKA_PORT = 19092;
    private static final int CONTROLLER_PORT = 19093;
    private static final int POSTGRES_PORT = 15432;
    private static final String USER = "gyre";
    private static final Duration START_LIMIT = Duration.ofSeconds(90);

    private final GyreHome home;
    private final int portOffset;
    private final Keys keys;
    private final Map<String, String> environment;

    Infrastructure(GyreHome home, int portOffset, Keys keys, Map<String, String> environment) {
        this.home = home;
        this.portOffset = portOffset;
        this.keys = keys;
        this.environment = environment;
    }

    static int kafkaPort(int portOffset) {
        return KAFKA_PORT + portOffset;
    }

    static int postgresPort(int portOffset) {
        return POSTGRES_PORT + portOffset;
    }

    /// Every port of the embedded servers.
    static IntStream allPorts(int portOffset) {
        return IntStream.of(
                kafkaPort(portOffset), CONTROLLER_PORT + portOffset, postgresPort(portOffset));
    }

    /// Ports that the embedded servers will listen on, with what they are for.
    Map<Integer, String> ports() {
        Map<Integer, String> ports = new java.util.TreeMap<>();
        if (usesEmbeddedKafka()) {
            ports.put(kafkaPort(portOffset), "Kafka");
            ports.put(CONTROLLER_PORT + portOffset, "Kafka's controller");
        }
        if (usesEmbeddedPostgres()) {
            ports.put(postgresPort(portOffset), "PostgreSQL");
        }
        return ports;
    }

    /// What has to be started.
    ///
    /// @param options JVM options by the name of the process
    List<Supervised.Plan> plans(Function<String, List<String>> options) {
        Installation built = Installation.inCheckout(home.checkout());
        List<Supervised.Plan> plans = new ArrayList<>();
        if (usesEmbeddedKafka()) {
            plans.add(kafkaPlan(built, options));
        }
        if (usesEmbeddedPostgres()) {
            plans.add(postgresPlan(built));
        }
        return plans;
    }

    /// Kafka as the services reach it.
    KafkaAddress kafka() {
        return kafka(portOffset, keys, environment);
    }

    static KafkaAddress kafka(int portOffset, Keys keys, Map<String, String> environment) {
        String given = environment.getOrDefault(KAFKA_VARIABLE, "");
        if (given.isEmpty()) {
            return new KafkaAddress(
                    Ports.LOOPBACK + ":" + kafkaPort(portOffset), USER, keys.kafkaPassword());
        }
        return new KafkaAddress(
                given,
                environment.getOrDefault("GYRE_KAFKA_USERNAME", ""),
                environment.getOrDefault("GYRE_KAFKA_PASSWORD", ""));
    }

    /// A service's own database; makes it where it is missing. The server has to run.
    DatabaseAddress database(String name) {
        return Databases.ensureOwned(postgres(), "gyre_" + name, keys.databasePassword(name));
    }

    private DatabaseAddress postgres() {
        if (usesEmbeddedPostgres()) {
            return new DatabaseAddress(
                    url(Ports.LOOPBACK + ":" + postgresPort(portOffset)),
                    USER,
                    keys.postgresPassword());
        }
        return new DatabaseAddress(
                url(environment.getOrDefault("GYRE_POSTGRES_SERVER", "")),
                environment.getOrDefault("GYRE_POSTGRES_USERNAME", "postgres"),
                environment.getOrDefault("GYRE_POSTGRES_PASSWORD", ""));
    }

    private static String url(String server) {
        return "jdbc:postgresql://" + server + "/postgres";
    }

    private boolean usesEmbeddedKafka() {
        return environment.getOrDefault(KAFKA_VARIABLE, "").isEmpty();
    }

    private boolean usesEmbeddedPostgres() {
        return environment.getOrDefault("GYRE_POSTGRES_SERVER", "").isEmpty();
    }

    private Supervised.Plan kafkaPlan(Installation built, Function<String, List<String>> options) {
        return new Supervised.Plan(
                KAFKA,
                () -> EmbeddedKafka.launch(kafkaSettings(built, options.apply(KAFKA))).child(),
                () -> KafkaProbe.answers(Ports.LOOPBACK, kafkaPort(portOffset)),
                START_LIMIT);
    }

    private EmbeddedKafka.Settings kafkaSettings(Installation built, List<String> options) {
        return new EmbeddedKafka.Settings(
                built,
                home.data().resolve(KAFKA),
                LogFile.rolled(home.log(KAFKA)),
                kafkaPort(portOffset),
                CONTROLLER_PORT + portOffset,
                USER,
                keys.kafkaPassword(),
                options);
    }

    private Supervised.Plan postgresPlan(Installation built) {
        AtomicReference<@Nullable EmbeddedPostgres> current = new AtomicReference<>();
        return new Supervised.Plan(
                POSTGRES,
                () -> launchPostgres(built, current),
                () -> {
                    EmbeddedPostgres server = current.get();
                    return server != null && server.isReady();
                },
                START_LIMIT);
    }

    private Child launchPostgres(
            Installation built, AtomicReference<@Nullable EmbeddedPostgres> current) {
        Path log = LogFile.rolled(home.log(POSTGRES));
        EmbeddedPostgres server =
                EmbeddedPostgres.launch(
                        new EmbeddedPostgres.Settings(
                                built,
                                home.data().resolve(POSTGRES),
                                log,
                                postgresPort(portOffset),
                                USER,
                                keys.postgresPassword(),
                                true));
        current.set(server);
        return server.child();
    }
}
