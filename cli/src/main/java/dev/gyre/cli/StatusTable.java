package dev.gyre.cli;

import dev.gyre.cli.machine.MachineStatus;
import dev.gyre.cli.machine.MachineStatus.ProcessStatus;
import dev.gyre.cli.terminal.Table;
import dev.gyre.cli.terminal.Words;

/// What runs, as a table.
final class StatusTable {
    private StatusTable() {}

    static String of(MachineStatus status) {
        Table table = new Table("PROCESS", "ADDRESS", "HEALTH", "MEMORY", "PID");
        long total = 0;
        for (ProcessStatus process : status.processes()) {
            table.add(
                    process.name(),
                    process.address(),
                    process.healthy() ? "healthy" : process.pid() == 0 ? "down" : "unhealthy",
                    Words.bytes(process.memoryBytes()),
                    process.pid() == 0 ? "-" : Long.toString(process.pid()));
            total += process.memoryBytes();
        }
        table.add(
                "gyre up", "", "", Words.bytes(status.ownerBytes()), Long.toString(status.owner()));
        total += status.ownerBytes();
        table.add("all", "", "", Words.bytes(total), "");
        return table.toString();
    }
}
