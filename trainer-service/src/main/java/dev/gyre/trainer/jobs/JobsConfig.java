package dev.gyre.trainer.jobs;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/// How jobs are retried and watched.
@ConfigMapping(prefix = "gyre.jobs")
public interface JobsConfig {
    /// Worker deaths in a row without progress after which a job fails. The same crash three times
    /// is no accident.
    @WithDefault("3")
    int maxCrashes();

    /// Attempts in a row lost together with their service, without progress, after which a job
    /// fails. More than crashes: a restarted service is seldom the job's fault.
    @WithDefault("10")
    int maxLosses();

    /// Pause before the attempt after a crash; doubled for each further one.
    @WithDefault("2s")
    Duration retryDelay();

    /// How often a watched job is looked at.
    @WithDefault("500ms")
    Duration watchInterval();

    /// The same as a value of the domain.
    default RetryPolicy retryPolicy() {
        return new RetryPolicy(maxCrashes(), maxLosses(), retryDelay());
    }
}
