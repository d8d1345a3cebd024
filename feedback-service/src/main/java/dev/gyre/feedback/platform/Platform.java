package dev.gyre.feedback.platform;

import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;

/// Makes the things that come from libraries, out of the settings.
@Singleton
final class Platform {
    @Produces
    @Singleton
    static Clock clock() {
        return Clock.systemUTC();
    }

    @Produces
    @Singleton
    static Jdbi database(DataSource source) {
        return Jdbi.create(source);
    }
}
