package dev.gyre.cli;

import dev.gyre.cli.client.Services;
import dev.gyre.cli.machine.CliException;
import dev.gyre.cli.machine.ExitStatus;
import dev.gyre.cli.machine.GyreHome;
import dev.gyre.cli.machine.Keys;
import dev.gyre.cli.machine.Machine;
import dev.gyre.cli.machine.MachineStatus;
import dev.gyre.cli.machine.Service;
import dev.gyre.cli.models.FirstModel;
import dev.gyre.cli.terminal.Words;
import io.grpc.StatusException;
import java.io.PrintStream;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/// `gyre up`: starts everything and stays until it is told to end.
final class UpCommand {
    private final GyreHome home;
    private final PrintStream out;

    UpCommand(GyreHome home, PrintStream out) {
        this.home = home;
        this.out = out;
    }

    /// Runs until SIGINT or SIGTERM, which the shutdown hook answers.
    ///
    /// @throws CliException if something does not start
    int run(int portOffset, Set<Service> without, boolean noModel, boolean noAot)
            throws InterruptedException {
        long start = System.nanoTime();
        Machine machine =
                Machine.start(
                        home, new Machine.Plan(portOffset, without), System.getenv(), this::report);
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> end(machine)));
        report("all healthy after " + Words.seconds((System.nanoTime() - start) / 1e9));
        if (!noModel && without.isEmpty()) {
            ensureModel();
        }
        greet();
        if (!noAot) {
            machine.makeCachesInBackground();
        }
        new CountDownLatch(1).await(); // until a signal runs the shutdown hook
        return ExitStatus.DONE;
    }

    /// A model that cannot be made is said, and the rest keeps running: what is wrong is easier to
    /// find then.
    private void ensureModel() throws InterruptedException {
        try (Services services = Services.of(home)) {
            new FirstModel(home, services, this::report).ensure();
        } catch (CliException e) {
            report("no model: " + e.getMessage());
        } catch (StatusException e) {
            report("no model: a service answered " + e.getStatus());
        }
    }

    private void greet() {
        MachineStatus status = MachineStatus.of(home).orElseThrow();
        out.println();
        out.print(StatusTable.of(status));
        out.println();
        out.println("  console     " + status.loginLink(Keys.of(home)));
        out.println("              (the link works once, within ten minutes)");
        out.println(
                "  OpenAI API  " + status.openAiAddress() + " with an API key of './gyre token'");
        out.println("  Ctrl-C or './gyre down' ends everything");
    }

    private void end(Machine machine) {
        out.println();
        out.println("gyre: ending");
        machine.close();
    }

    private synchronized void report(String line) {
        out.println("gyre: " + line);
    }
}
