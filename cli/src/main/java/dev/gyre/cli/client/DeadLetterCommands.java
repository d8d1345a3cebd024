package dev.gyre.cli.client;

import dev.gyre.cli.machine.CliException;
import dev.gyre.cli.machine.ExitStatus;
import dev.gyre.cli.machine.GyreHome;
import dev.gyre.cli.machine.Keys;
import dev.gyre.cli.machine.MachineStatus;
import dev.gyre.cli.terminal.Table;
import dev.gyre.embedded.KafkaAddress;
import dev.gyre.events.DeadLetters;
import dev.gyre.events.KafkaSettings;
import dev.gyre.events.Topic;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `gyre dlq`.
@Command(
        name = "dlq",
        mixinStandardHelpOptions = true,
        description = "Shows dead letters, the records that no consumer could handle.")
public final class DeadLetterCommands {
    private final GyreHome home;
    private final PrintStream out;

    /// @param out takes the answers
    public DeadLetterCommands(GyreHome home, PrintStream out) {
        this.home = home;
        this.out = out;
    }

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = "Lists dead letters that were not sent again.")
    void list(
            @Parameters(
                            paramLabel = "TOPIC",
                            arity = "0..1",
                            defaultValue = "",
                            description = "Only this topic's. Default: all.")
                    String topic) {
        DeadLetters letters = letters();
        Table table = new Table("TOPIC", "OFFSET", "EVENT", "TYPE", "BYTES", "REASON");
        for (Topic each : topic.isEmpty() ? List.of(Topic.values()) : List.of(parse(topic))) {
            for (DeadLetters.DeadLetter letter : letters.list(each)) {
                table.add(
                        letter.topic(),
                        Long.toString(letter.offset()),
                        letter.eventId() == null ? "-" : letter.eventId(),
                        letter.type() == null ? "-" : letter.type(),
                        Integer.toString(letter.bytes()),
                        letter.reason());
            }
        }
        out.print(table);
    }

    @Command(
            name = "replay",
            mixinStandardHelpOptions = true,
            description = "Sends a topic's dead letters to it again.")
    void replay(
            @Parameters(
                            paramLabel = "TOPIC",
                            description = "Topic, for example gyre.training.jobs.v1.")
                    String topic) {
        int sent = letters().replay(parse(topic));
        out.println("sent " + sent + " again to " + topic);
    }

    private DeadLetters letters() {
        KafkaAddress kafka = MachineStatus.running(home).kafka(Keys.of(home), System.getenv());
        return new DeadLetters(
                new KafkaSettings(
                        kafka.bootstrapServers(), kafka.username(), kafka.password(), ""));
    }

    private static Topic parse(String name) {
        return Arrays.stream(Topic.values())
                .filter(topic -> topic.topicName().equals(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                new CliException(
                                        ExitStatus.USAGE,
                                        "there is no topic '"
                                                + name
                                                + "'; topics are "
                                                + Arrays.stream(Topic.values())
                                                        .map(Topic::topicName)
                                                        .collect(Collectors.joining(", "))));
    }
}
