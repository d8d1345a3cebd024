package dev.gyre.cli.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Memory of a process with its descendants.
///
/// Counted as the proportional set size, in which a page that several processes share counts once;
/// PostgreSQL's processes share most of theirs.
final class Memory {
    private static final Pattern PROPORTIONAL = Pattern.compile("(?m)^Pss:\\s+(\\d+) kB");
    private static final Pattern RESIDENT = Pattern.compile("(?m)^VmRSS:\\s+(\\d+) kB");

    private Memory() {}

    /// Bytes in memory; 0 for a process that has ended.
    static long bytesOf(ProcessHandle process) {
        return Stream.concat(Stream.of(process), process.descendants())
                .mapToLong(each -> kilobytes(each.pid()) * 1024)
                .sum();
    }

    /// Bytes of a process alone; 0 when it has ended.
    static long ownBytesOf(ProcessHandle process) {
        return kilobytes(process.pid()) * 1024;
    }

    private static long kilobytes(long pid) {
        long proportional = number(Path.of("/proc/" + pid + "/smaps_rollup"), PROPORTIONAL);
        return proportional > 0
                ? proportional
                : number(Path.of("/proc/" + pid + "/status"), RESIDENT);
    }

    private static long number(Path file, Pattern pattern) {
        try {
            Matcher matcher = pattern.matcher(Files.readString(file));
            return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
        } catch (IOException e) {
            return 0; // it has ended, or its memory map may not be read
        }
    }
}
