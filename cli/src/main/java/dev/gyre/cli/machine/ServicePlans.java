package dev.gyre.cli.machine;

import dev.gyre.embedded.Child;
import dev.gyre.embedded.DatabaseAddress;
import dev.gyre.embedded.Installation;
import dev.gyre.embedded.JavaCommand;
import dev.gyre.embedded.KafkaAddress;
import dev.gyre.embedded.Ports;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/// How the four services are started: from `target/quarkus-app`, the folder that goes into the
/// images, configured by environment variables only. A variable that the owner's own environment
/// has goes before the one made here.
final class ServicePlans {
    private static final Duration START_LIMIT = Duration.ofSeconds(120);

    private final GyreHome home;
    private final int portOffset;
    private final Keys keys;
    private final Infrastructure infrastructure;
    private final Function<String, List<String>> options;
    private final Map<String, String> environment;

    /// @param options JVM options by the name of the process
    ServicePlans(
            GyreHome home,
            int portOffset,
            Keys keys,
            Infrastructure infrastructure,
            Function<String, List<String>> options,
            Map<String, String> environment) {
        this.home = home;
        this.portOffset = portOffset;
        this.keys = keys;
        this.infrastructure = infrastructure;
        this.options = options;
        this.environment = environment;
    }

    /// How a service is started and looked at.
    ///
    /// @throws CliException if it has not been built
    Supervised.Plan plan(Service service) {
        Path jar = jar(home, service.processName());
        if (!Files.exists(jar)) {
            throw new CliException(
                    service.processName()
                            + " has not been built ("
                            + jar
                            + "); run './gyre build'");
        }
        return new Supervised.Plan(
                service.processName(),
                () -> launch(service, jar),
                () -> ServiceProbe.isReady(service, portOffset),
                START_LIMIT);
    }

    /// The jar whose manifest names all of a service's jars, in their order.
    static Path jar(GyreHome home, String service) {
        return home.checkout().resolve(service).resolve("target/quarkus-app/quarkus-run.jar");
    }

    private Child launch(Service service, Path jar) {
        JavaCommand command =
                new JavaCommand(
                        options.apply(service.processName()),
                        List.of(jar),
                        "io.quarkus.bootstrap.runner.AotQuarkusEntryPoint",
                        List.of());
        return Child.start(
                service.processName(),
                command.tethered(Installation.inCheckout(home.checkout()).tetherJar()),
                environmentOf(service),
                home.data().resolve(service.processName()),
                LogFile.rolled(home.log(service.processName())));
    }

    private Map<String, String> environmentOf(Service service) {
        Map<String, String> values = new TreeMap<>();
        values.put("QUARKUS_HTTP_HOST", Ports.LOOPBACK);
        values.put("QUARKUS_HTTP_PORT", Integer.toString(service.httpPort(portOffset)));
        values.put("QUARKUS_GRPC_SERVER_HOST", Ports.LOOPBACK);
        values.put("QUARKUS_GRPC_SERVER_PORT", Integer.toString(service.grpcPort(portOffset)));
        values.put("QUARKUS_MANAGEMENT_HOST", Ports.LOOPBACK);
        values.put("QUARKUS_MANAGEMENT_PORT", Integer.toString(service.managementPort(portOffset)));
        KafkaAddress kafka = infrastructure.kafka();
        values.put("GYRE_KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers());
        values.put("GYRE_KAFKA_USERNAME", kafka.username());
        values.put("GYRE_KAFKA_PASSWORD", kafka.password());
        values.put("GYRE_ARTIFACTS_LOCATION", home.artifacts().toString());
        values.put(
                "GYRE_ARTIFACTS_CACHE",
                home.cache().resolve("artifacts").resolve(service.processName()).toString());
        values.put("GYRE_ACCESS_PUBLIC_KEYS", keys.publicKeys().toString());
        values.put("GYRE_ACCESS_ISSUER", Keys.ISSUER);
        values.put("GYRE_TOKENS_SERVICE", keys.serviceToken(service));
        values.put(
                "GYRE_INFERENCE_GRPC_ADDRESS",
                Ports.LOOPBACK + ":" + Service.INFERENCE.grpcPort(portOffset));
        if (service == Service.INFERENCE) {
            values.put(
                    "GYRE_COMPLETIONS_SPOOL",
                    home.data().resolve(service.processName()).resolve("spool").toString());
            values.put("GYRE_MODELS_REPLICA", "local");
        }
        if (service == Service.TOKENIZER) {
            values.put(
                    "GYRE_CORPUS_STATE",
                    home.data().resolve(service.processName()).resolve("corpus").toString());
        }
        if (service == Service.TRAINER) {
            values.put(
                    "GYRE_WORKER_CLASS_PATH",
                    home.checkout().resolve("training/target/worker") + "/*");
            values.put("GYRE_WORKER_JAVA_OPTIONS", String.join(" ", options.apply("worker")));
        }
        service.database()
                .ifPresent(name -> values.putAll(datasource(infrastructure.database(name))));
        values.keySet().removeIf(environment::containsKey);
        return values;
    }

    private static Map<String, String> datasource(DatabaseAddress database) {
        return Map.of(
                "QUARKUS_DATASOURCE_JDBC_URL", database.jdbcUrl(),
                "QUARKUS_DATASOURCE_USERNAME", database.username(),
                "QUARKUS_DATASOURCE_PASSWORD", database.password());
    }
}
