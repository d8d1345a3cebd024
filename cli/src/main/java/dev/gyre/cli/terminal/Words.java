package dev.gyre.cli.terminal;

import java.util.Locale;

/// Quantities as people read them.
public final class Words {
    private Words() {}

    /// Bytes, for example `93.8 MB`.
    public static String bytes(long bytes) {
        if (bytes < 1_000_000_000L) {
            return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
        }
        return String.format(Locale.ROOT, "%.2f GB", bytes / 1e9);
    }

    /// How much of a phase is done, for example `merging 5,000 of 32,000`.
    ///
    /// @param total 0 where it is not known
    public static String progress(String phase, long done, long total) {
        return total == 0
                ? String.format(Locale.ROOT, "%s %,d", phase, done)
                : String.format(Locale.ROOT, "%s %,d of %,d", phase, done, total);
    }

    /// A time, for example `42 s` or `3 min 20 s`.
    public static String seconds(double seconds) {
        long whole = Math.max(0, Math.round(seconds));
        return whole < 100 ? whole + " s" : whole / 60 + " min " + whole % 60 + " s";
    }
}
