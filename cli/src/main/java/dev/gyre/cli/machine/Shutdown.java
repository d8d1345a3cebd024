package dev.gyre.cli.machine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Ends the `gyre up` of a home from another process.
public final class Shutdown {
    /// Two stages of children with nine seconds each, and a margin.
    private static final Duration OWNER_LIMIT = Duration.ofSeconds(25);

    private Shutdown() {}

    /// Ends the owner, which ends its children, and then whatever is left.
    ///
    /// @return names of what was ended; empty when nothing ran
    public static List<String> of(GyreHome home) {
        List<String> ended = new ArrayList<>();
        Optional<RunRecord> owner = RunRecord.read(home, RunRecord.OWNER);
        owner.flatMap(record -> record.mark().process())
                .ifPresent(
                        process -> {
                            List<String> children =
                                    RunRecord.readAll(home).stream()
                                            .map(RunRecord::name)
                                            .filter(name -> !name.equals(RunRecord.OWNER))
                                            .toList();
                            process.destroy();
                            if (!Leftovers.endsWithin(process, OWNER_LIMIT)) {
                                process.destroyForcibly();
                                Leftovers.endsWithin(process, Duration.ofSeconds(5));
                            }
                            ended.addAll(children);
                        });
        if (owner.isEmpty() && OwnerLock.isTaken(home)) {
            throw new CliException(
                    "a process holds "
                            + home.lock()
                            + " but has not said which it is; try again in a second");
        }
        ended.addAll(Leftovers.reap(home));
        return ended;
    }
}
