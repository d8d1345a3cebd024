package dev.gyre.trainer.jobs;

import java.security.SecureRandom;
import java.time.Clock;

/// Makes job ids: 16 characters of a-z and 0-9 that sort by time. They are part of paths in the
/// artifact store and of package versions.
final class JobIds {
    private static final char[] DIGITS = "0123456789abcdefghjkmnpqrstvwxyz".toCharArray();

    private final SecureRandom random = new SecureRandom();
    private final Clock clock;

    JobIds(Clock clock) {
        this.clock = clock;
    }

    /// 45 bits of milliseconds (until the year 3084) and 35 random bits.
    String next() {
        long millis = clock.millis();
        long salt = random.nextLong();
        var id = new char[16];
        for (int i = 8; i >= 0; i--, millis >>>= 5) {
            id[i] = DIGITS[(int) (millis & 31)];
        }
        for (int i = 15; i > 8; i--, salt >>>= 5) {
            id[i] = DIGITS[(int) (salt & 31)];
        }
        return new String(id);
    }
}
