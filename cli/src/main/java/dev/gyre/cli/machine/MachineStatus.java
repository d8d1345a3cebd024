package dev.gyre.cli.machine;

import dev.gyre.embedded.KafkaAddress;
import dev.gyre.embedded.KafkaProbe;
import dev.gyre.embedded.Ports;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What runs in a home, as another process sees it.
///
/// @param owner process id of `gyre up`
/// @param ownerBytes its memory
/// @param portOffset added to every port
/// @param processes the children
public record MachineStatus(
        long owner, long ownerBytes, int portOffset, List<ProcessStatus> processes) {
    private static final Duration LOGIN_LIFETIME = Duration.ofMinutes(10);

    /// One child.
    ///
    /// @param name name of the process
    /// @param pid process id; 0 when it does not run
    /// @param address where it listens
    /// @param healthy whether it answers
    /// @param memoryBytes memory of the process with its descendants
    public record ProcessStatus(
            String name, long pid, String address, boolean healthy, long memoryBytes) {}

    /// Looks at a home.
    ///
    /// @return nothing if no process owns it
    public static Optional<MachineStatus> of(GyreHome home) {
        Optional<RunRecord> owner = RunRecord.read(home, RunRecord.OWNER);
        Optional<ProcessHandle> process = owner.flatMap(record -> record.mark().process());
        if (owner.isEmpty() || process.isEmpty()) {
            return Optional.empty();
        }
        int offset = owner.get().portOffset();
        List<ProcessStatus> processes = new ArrayList<>();
        for (RunRecord record : RunRecord.readAll(home)) {
            if (!record.name().equals(RunRecord.OWNER)) {
                processes.add(look(record, offset));
            }
        }
        return Optional.of(
                new MachineStatus(
                        process.get().pid(), Memory.ownBytesOf(process.get()), offset, processes));
    }

    /// Looks at a home in which Gyre must run.
    ///
    /// @throws CliException if no process owns it
    public static MachineStatus running(GyreHome home) {
        return of(home).orElseThrow(
                        () ->
                                new CliException(
                                        ExitStatus.NOT_RUNNING,
                                        "Gyre does not run in "
                                                + home.folder()
                                                + "; start it with './gyre up'"));
    }

    /// Whether everything answers.
    public boolean isHealthy() {
        return processes.stream().allMatch(ProcessStatus::healthy);
    }

    /// Where people look at Gyre.
    public String consoleAddress() {
        return http(Service.FEEDBACK);
    }

    /// A link that signs a local person in to the console; works once, within ten minutes.
    public String loginLink(Keys keys) {
        return consoleAddress() + "/login?code=" + keys.loginCode(LOGIN_LIFETIME);
    }

    /// Where OpenAI clients connect to.
    public String openAiAddress() {
        return http(Service.INFERENCE) + "/v1";
    }

    /// Kafka as clients on this machine reach it.
    ///
    /// @param environment variables that may name another Kafka
    public KafkaAddress kafka(Keys keys, Map<String, String> environment) {
        return Infrastructure.kafka(portOffset, keys, environment);
    }

    private String http(Service service) {
        return "http://" + Ports.LOOPBACK + ":" + service.httpPort(portOffset);
    }

    private static ProcessStatus look(RunRecord record, int offset) {
        Optional<ProcessHandle> process = record.mark().process();
        return new ProcessStatus(
                record.name(),
                process.map(ProcessHandle::pid).orElse(0L),
                address(record.name(), offset),
                process.isPresent() && answers(record.name(), offset),
                process.map(Memory::bytesOf).orElse(0L));
    }

    private static boolean answers(String name, int offset) {
        return switch (name) {
            case Infrastructure.KAFKA ->
                    KafkaProbe.answers(Ports.LOOPBACK, Infrastructure.kafkaPort(offset));
            case Infrastructure.POSTGRES -> Ports.accepts(Infrastructure.postgresPort(offset));
            default -> service(name).map(each -> ServiceProbe.isReady(each, offset)).orElse(false);
        };
    }

    private static String address(String name, int offset) {
        return switch (name) {
            case Infrastructure.KAFKA -> Ports.LOOPBACK + ":" + Infrastructure.kafkaPort(offset);
            case Infrastructure.POSTGRES ->
                    Ports.LOOPBACK + ":" + Infrastructure.postgresPort(offset);
            default ->
                    service(name)
                            .map(
                                    each ->
                                            "http://%s:%d, gRPC %d"
                                                    .formatted(
                                                            Ports.LOOPBACK,
                                                            each.httpPort(offset),
                                                            each.grpcPort(offset)))
                            .orElse("");
        };
    }

    private static Optional<Service> service(String name) {
        return List.of(Service.values()).stream()
                .filter(each -> each.processName().equals(name))
                .findFirst();
    }
}
