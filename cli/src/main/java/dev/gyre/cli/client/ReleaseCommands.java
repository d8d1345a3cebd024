package dev.gyre.cli.client;

import dev.gyre.cli.machine.CliException;
import dev.gyre.cli.machine.ExitStatus;
import dev.gyre.cli.machine.GyreHome;
import dev.gyre.cli.terminal.Table;
import dev.gyre.proto.releases.v1.Candidate;
import dev.gyre.proto.releases.v1.ListCandidatesRequest;
import dev.gyre.proto.releases.v1.ListReleaseLinesRequest;
import dev.gyre.proto.releases.v1.PromoteRequest;
import dev.gyre.proto.releases.v1.ReleaseLine;
import dev.gyre.proto.releases.v1.RollBackRequest;
import dev.gyre.proto.training.v1.ModelRef;
import io.grpc.StatusException;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `gyre releases`.
@Command(
        name = "releases",
        mixinStandardHelpOptions = true,
        description = "Shows and decides which model versions are served.")
public final class ReleaseCommands {
    private final GyreHome home;
    private final PrintStream out;

    /// @param out takes the answers
    public ReleaseCommands(GyreHome home, PrintStream out) {
        this.home = home;
        this.out = out;
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists release lines.")
    void list(
            @Option(
                            names = "--project",
                            paramLabel = "NAME",
                            defaultValue = "",
                            description = "Only this project's. Default: all.")
                    String project)
            throws StatusException {
        try (Services services = Services.of(home)) {
            print(
                    services.releases()
                            .listReleaseLines(
                                    ListReleaseLinesRequest.newBuilder()
                                            .setProject(project)
                                            .build())
                            .getLinesList());
        }
    }

    @Command(
            name = "candidates",
            mixinStandardHelpOptions = true,
            description = "Lists candidates with what the gate says.")
    void candidates(
            @Option(
                            names = "--project",
                            paramLabel = "NAME",
                            defaultValue = "default",
                            description = "Default: ${DEFAULT-VALUE}.")
                    String project)
            throws StatusException {
        try (Services services = Services.of(home)) {
            Table table = new Table("CANDIDATE", "LINE", "MODEL", "STATE", "GATE", "REASON");
            for (Candidate candidate :
                    services.releases()
                            .listCandidates(
                                    ListCandidatesRequest.newBuilder().setProject(project).build())
                            .getCandidatesList()) {
                table.add(
                        candidate.getId(),
                        candidate.getReleaseLine(),
                        JobLines.model(candidate.getModel()),
                        word(candidate.getState().name(), "CANDIDATE_STATE_"),
                        word(candidate.getVerdict().name(), "GATE_VERDICT_"),
                        candidate.getReason());
            }
            out.print(table);
        }
    }

    @Command(
            name = "promote",
            mixinStandardHelpOptions = true,
            description = "Serves a version from now on.")
    void promote(
            @Parameters(paramLabel = "LINE", description = "Release line, for example smollm2.")
                    String line,
            @Parameters(paramLabel = "NAME@VERSION", description = "Version of a model package.")
                    String model,
            @Option(
                            names = "--project",
                            paramLabel = "NAME",
                            defaultValue = "default",
                            description = "Default: ${DEFAULT-VALUE}.")
                    String project,
            @Option(
                            names = "--reason",
                            paramLabel = "TEXT",
                            defaultValue = "",
                            description = "Needed unless the version passed its gate.")
                    String reason)
            throws StatusException {
        PromoteRequest request =
                PromoteRequest.newBuilder()
                        .setProject(project)
                        .setReleaseLine(line)
                        .setModel(parse(model))
                        .setReason(reason)
                        .build();
        try (Services services = Services.of(home)) {
            print(List.of(services.releases().promote(request).getLine()));
        }
    }

    @Command(
            name = "rollback",
            mixinStandardHelpOptions = true,
            description = "Serves the previous version again.")
    void rollBack(
            @Parameters(paramLabel = "LINE", description = "Release line.") String line,
            @Option(
                            names = "--project",
                            paramLabel = "NAME",
                            defaultValue = "default",
                            description = "Default: ${DEFAULT-VALUE}.")
                    String project,
            @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "Why.")
                    String reason)
            throws StatusException {
        RollBackRequest request =
                RollBackRequest.newBuilder()
                        .setProject(project)
                        .setReleaseLine(line)
                        .setReason(reason)
                        .build();
        try (Services services = Services.of(home)) {
            print(List.of(services.releases().rollBack(request).getLine()));
        }
    }

    private void print(List<ReleaseLine> lines) {
        Table table = new Table("PROJECT", "LINE", "EPOCH", "SERVED", "BEFORE", "WARM", "REASON");
        for (ReleaseLine line : lines) {
            table.add(
                    line.getProject(),
                    line.getName(),
                    Long.toString(line.getEpoch()),
                    line.hasPromoted() ? JobLines.model(line.getPromoted()) : "-",
                    line.hasPrevious() ? JobLines.model(line.getPrevious()) : "-",
                    line.getComplete() ? "yes" : "not yet",
                    line.getReason());
        }
        out.print(table);
    }

    private static ModelRef parse(String model) {
        int at = model.indexOf('@');
        if (at <= 0 || at == model.length() - 1) {
            throw new CliException(
                    ExitStatus.USAGE,
                    "'" + model + "' is not NAME@VERSION, for example smollm2@42-1");
        }
        return ModelRef.newBuilder()
                .setName(model.substring(0, at))
                .setVersion(model.substring(at + 1))
                .build();
    }

    private static String word(String name, String prefix) {
        return name.replace(prefix, "").toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
