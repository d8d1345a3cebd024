package dev.gyre.cli;

import dev.gyre.cli.client.ChatCommand;
import dev.gyre.cli.client.CorpusCommands;
import dev.gyre.cli.client.DeadLetterCommands;
import dev.gyre.cli.client.JobCommands;
import dev.gyre.cli.client.ReleaseCommands;
import dev.gyre.cli.client.Services;
import dev.gyre.cli.client.TokenizeCommand;
import dev.gyre.cli.client.TokenizerCommands;
import dev.gyre.cli.demo.Demo;
import dev.gyre.cli.demo.DemoReport;
import dev.gyre.cli.machine.CliException;
import dev.gyre.cli.machine.ExitStatus;
import dev.gyre.cli.machine.GyreHome;
import dev.gyre.cli.machine.Keys;
import dev.gyre.cli.machine.LogReader;
import dev.gyre.cli.machine.MachineStatus;
import dev.gyre.cli.machine.Service;
import dev.gyre.cli.machine.Shutdown;
import dev.gyre.cli.models.FirstModel;
import dev.gyre.proto.inference.v1.SamplingParameters;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The `gyre` command.
@Command(
        name = "gyre",
        mixinStandardHelpOptions = true,
        description = "Gyre on one machine: starts everything, and is a client of the services.",
        synopsisSubcommandLabel = "COMMAND",
        version = "Gyre 0.1.0",
        footer = {
            "",
            "Also, by the script itself:",
            "  test [ARG...]  Runs the whole test suite; arguments go to Maven.",
            "  build          Builds what changed.",
            "",
            "State lives in $GYRE_HOME, by default .gyre in the checkout.",
            "Exit status: 0 done, 1 failed, 2 wrong command line, 3 Gyre does not run (wholly)."
        })
public final class Gyre {
    private final GyreHome home;
    private final PrintStream out;

    Gyre(GyreHome home, PrintStream out) {
        this.home = home;
        this.out = out;
    }

    /// Runs a command.
    public static void main(String[] args) {
        GyreHome home;
        try {
            home = GyreHome.ofThisCommand();
        } catch (CliException e) {
            System.err.println("gyre: " + e.getMessage());
            System.exit(e.exitStatus());
            return;
        }
        System.exit(commandLine(home, System.out).execute(args));
    }

    static CommandLine commandLine(GyreHome home, PrintStream out) {
        CommandLine line =
                new CommandLine(new Gyre(home, out))
                        .addSubcommand(new JobCommands(home, out))
                        .addSubcommand(new ReleaseCommands(home, out))
                        .addSubcommand(new DeadLetterCommands(home, out))
                        .addSubcommand(new TokenizerCommands(home, out))
                        .addSubcommand(new CorpusCommands(home, out));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setExecutionExceptionHandler(Gyre::explain);
        return line;
    }

    /// Without a command: says what there is.
    @Command(name = "help", mixinStandardHelpOptions = true, description = "Lists the commands.")
    int help() {
        commandLine(home, out).usage(out);
        return ExitStatus.DONE;
    }

    @Command(
            name = "up",
            mixinStandardHelpOptions = true,
            description = {
                "Starts Kafka, PostgreSQL and the services, sees to a model, and runs until Ctrl-C"
                        + " or 'gyre down'.",
                "GYRE_KAFKA_BOOTSTRAP_SERVERS (_USERNAME, _PASSWORD) and GYRE_POSTGRES_SERVER"
                        + " (_USERNAME, _PASSWORD) in the environment name servers to use in place"
                        + " of embedded ones."
            })
    int up(
            @Option(
                            names = "--port-offset",
                            paramLabel = "N",
                            defaultValue = "0",
                            description = "Added to every port. Default: ${DEFAULT-VALUE}.")
                    int portOffset,
            @Option(
                            names = "--without",
                            paramLabel = "SERVICE",
                            split = ",",
                            description =
                                    "Does not start these services: ${COMPLETION-CANDIDATES}.")
                    @Nullable Set<Service> without,
            @Option(names = "--no-model", description = "Does not fetch or train a first model.")
                    boolean noModel,
            @Option(
                            names = "--no-aot",
                            description =
                                    "Does not make AOT caches, with which later starts take half"
                                            + " the time; without it that is done in the"
                                            + " background, once after each build.")
                    boolean noAot)
            throws InterruptedException {
        return new UpCommand(home, out)
                .run(portOffset, without == null ? Set.of() : without, noModel, noAot);
    }

    @Command(
            name = "down",
            mixinStandardHelpOptions = true,
            description = "Ends what 'gyre up' started.")
    int down() {
        List<String> ended = Shutdown.of(home);
        out.println(
                ended.isEmpty()
                        ? "nothing runs in " + home.folder()
                        : "ended " + String.join(", ", ended));
        return ExitStatus.DONE;
    }

    @Command(
            name = "status",
            mixinStandardHelpOptions = true,
            description = "Shows what runs, where, how healthy, and its memory.")
    int status() {
        Optional<MachineStatus> status = MachineStatus.of(home);
        if (status.isEmpty()) {
            out.println("Gyre does not run in " + home.folder() + "; start it with './gyre up'");
            return ExitStatus.NOT_RUNNING;
        }
        out.print(StatusTable.of(status.get()));
        return status.get().isHealthy() ? ExitStatus.DONE : ExitStatus.NOT_RUNNING;
    }

    @Command(
            name = "logs",
            mixinStandardHelpOptions = true,
            description = "Shows the end of a process' output.")
    int logs(
            @Parameters(
                            paramLabel = "PROCESS",
                            description = "For example kafka, postgresql, trainer-service.")
                    String process,
            @Option(
                            names = {"-n", "--lines"},
                            paramLabel = "N",
                            defaultValue = "100",
                            description = "Lines shown at first. Default: ${DEFAULT-VALUE}.")
                    int lines,
            @Option(
                            names = {"-f", "--follow"},
                            description = "Goes on with what is written from now on.")
                    boolean follow)
            throws InterruptedException {
        LogReader reader = LogReader.of(home, process);
        out.println(reader.tail(lines));
        if (follow) {
            reader.follow(out);
        }
        return ExitStatus.DONE;
    }

    @Command(
            name = "token",
            mixinStandardHelpOptions = true,
            description = "Mints a token of the local issuer; OpenAI clients take it as API key.")
    int token(
            @Option(
                            names = "--subject",
                            paramLabel = "NAME",
                            defaultValue = "${sys:user.name}",
                            description = "Who it stands for. Default: ${DEFAULT-VALUE}.")
                    String subject,
            @Option(
                            names = "--role",
                            paramLabel = "ROLE",
                            split = ",",
                            defaultValue = "rater",
                            description =
                                    "What it may do: ${COMPLETION-CANDIDATES}. Default:"
                                            + " ${DEFAULT-VALUE}.")
                    Set<dev.gyre.access.Role> roles,
            @Option(
                            names = "--project",
                            paramLabel = "NAME",
                            split = ",",
                            defaultValue = "default",
                            description = "Projects it belongs to; * is all. Default: default.")
                    List<String> projects,
            @Option(
                            names = "--hours",
                            paramLabel = "N",
                            defaultValue = "12",
                            description = "How long it is valid. Default: ${DEFAULT-VALUE}.")
                    int hours) {
        out.println(LocalToken.mint(home, subject, roles, projects, Duration.ofHours(hours)));
        return ExitStatus.DONE;
    }

    @Command(name = "login", description = "Prints a link that signs in to the console, once.")
    int login() {
        out.println(MachineStatus.running(home).loginLink(Keys.of(home)));
        return ExitStatus.DONE;
    }

    @Command(
            name = "chat",
            mixinStandardHelpOptions = true,
            description = "Asks a model and prints the answer as it grows.")
    int chat(
            @Parameters(paramLabel = "TEXT", description = "What to say.") String text,
            @Option(
                            names = "--model",
                            paramLabel = "NAME",
                            defaultValue = "",
                            description = "Release line or NAME@VERSION. Default: the first.")
                    String model,
            @Option(
                            names = "--plain",
                            description = "Continues the text as it is, without a chat template.")
                    boolean plain,
            @Option(
                            names = "--temperature",
                            paramLabel = "T",
                            defaultValue = "0.7",
                            description = "0 to 2; 0 is greedy. Default: ${DEFAULT-VALUE}.")
                    double temperature,
            @Option(
                            names = "--max-tokens",
                            paramLabel = "N",
                            defaultValue = "512",
                            description = "Tokens at most. Default: ${DEFAULT-VALUE}.")
                    int maxTokens,
            @Option(
                            names = "--seed",
                            paramLabel = "N",
                            description = "Seed of the sampler. Default: random.")
                    @Nullable Long seed)
            throws StatusException, InterruptedException {
        SamplingParameters.Builder sampling =
                SamplingParameters.newBuilder().setTemperature(temperature).setMaxTokens(maxTokens);
        if (seed != null) {
            sampling.setSeed(seed);
        }
        new ChatCommand(home, out).ask(text, model, plain, sampling.build());
        return ExitStatus.DONE;
    }

    @Command(
            name = "tokenize",
            mixinStandardHelpOptions = true,
            description = "Shows the tokens of a text: id, token, place in the text.")
    int tokenize(
            @Parameters(
                            paramLabel = "TEXT",
                            arity = "0..1",
                            description = "The text. Default: standard input.")
                    @Nullable String text,
            @Option(
                            names = "--tokenizer",
                            paramLabel = "NAME",
                            defaultValue = "",
                            description =
                                    "NAME or NAME@VERSION. Default: your own, or cl100k_base.")
                    String tokenizer,
            @Option(
                            names = "--allow-special-tokens",
                            description = "Text such as <|im_end|> becomes that token.")
                    boolean allowSpecialTokens,
            @Option(
                            names = "--add-special-tokens",
                            description = "Adds what the tokenizer puts around every text.")
                    boolean addSpecialTokens,
            @Option(names = "--ids", description = "Prints the ids alone.") boolean idsOnly)
            throws StatusException, IOException {
        new TokenizeCommand(home, out)
                .run(text, tokenizer, allowSpecialTokens, addSpecialTokens, idsOnly);
        return ExitStatus.DONE;
    }

    @Command(
            name = "starter",
            description =
                    "Trains the starter model from scratch on text made out of WordNet, and serves it.")
    int starter() throws StatusException, InterruptedException {
        try (Services services = Services.of(home)) {
            new FirstModel(home, services, out::println).ensureStarter();
        }
        return ExitStatus.DONE;
    }

    @Command(
            name = "demo",
            description = {
                "Proves the loop without a person: an artificial rater rates the starter model, which is"
                        + " retrained, gated, promoted and measured, beside a control arm whose labels"
                        + " are a fair coin.",
                "Exit status 1 when the loop does not keep its promise."
            })
    int demo(
            @Option(
                            names = "--seed",
                            paramLabel = "N",
                            defaultValue = "1",
                            description = "The same seed gives the same result. Default: 1.")
                    long seed,
            @Option(
                            names = "--rounds",
                            paramLabel = "N",
                            defaultValue = "2",
                            description = "Rounds of retraining. Default: ${DEFAULT-VALUE}.")
                    int rounds,
            @Option(
                            names = "--prompts",
                            paramLabel = "N",
                            defaultValue = "1024",
                            description = "Rated prompts per round. Default: ${DEFAULT-VALUE}.")
                    int prompts,
            @Option(
                            names = "--measured",
                            paramLabel = "N",
                            defaultValue = "1000",
                            description =
                                    "Prompts of the final measurement. Default: ${DEFAULT-VALUE}.")
                    int measured)
            throws IOException, StatusException, InterruptedException {
        starter();
        DemoReport report =
                new Demo(
                                projects -> Services.of(home, Keys.operatorOf(projects)),
                                new Demo.Size(rounds, prompts, measured),
                                seed,
                                out)
                        .run();
        report.print(out);
        return report.broken().isEmpty() ? ExitStatus.DONE : ExitStatus.FAILED;
    }

    /// Says what went wrong in one line. With `GYRE_DEBUG` set, where it went wrong as well.
    private static int explain(
            Exception failure, CommandLine line, CommandLine.ParseResult arguments) {
        if (System.getenv("GYRE_DEBUG") != null) {
            failure.printStackTrace();
        }
        System.err.println("gyre: " + message(failure));
        return failure instanceof CliException known ? known.exitStatus() : ExitStatus.FAILED;
    }

    private static String message(Exception failure) {
        return switch (failure) {
            case StatusException refused -> message(refused.getStatus());
            case StatusRuntimeException refused -> message(refused.getStatus());
            default -> failure.getMessage() == null ? failure.toString() : failure.getMessage();
        };
    }

    private static String message(Status status) {
        if (status.getCode() == Status.Code.UNAVAILABLE) {
            return "a service does not answer; './gyre status' shows which ("
                    + status.getDescription()
                    + ")";
        }
        return status.getDescription() == null
                ? "the service answered " + status.getCode()
                : status.getDescription();
    }
}
