package dev.gyre.trainer.jobs;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// A place in the list of jobs ↔ the token that continues it.
final class PageTokens {
    private PageTokens() {}

    static String write(JobStore.Place place) {
        long micros = ChronoUnit.MICROS.between(Instant.EPOCH, place.time());
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString((micros + " " + place.id()).getBytes(StandardCharsets.UTF_8));
    }

    /// @return `null` for the empty token: from the newest
    /// @throws IllegalArgumentException when it is not a token of this service
    static JobStore.@Nullable Place read(String token) {
        if (token.isEmpty()) {
            return null;
        }
        try {
            String text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
            int space = text.indexOf(' ');
            long micros = Long.parseLong(text.substring(0, Math.max(space, 0)));
            return new JobStore.Place(
                    Instant.EPOCH.plus(micros, ChronoUnit.MICROS), text.substring(space + 1));
        } catch (IllegalArgumentException | ArithmeticException | java.time.DateTimeException bad) {
            throw new IllegalArgumentException(
                    "page_token '" + token + "' is not one that ListJobs gave; leave it empty",
                    bad);
        }
    }
}
