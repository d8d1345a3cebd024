package dev.gyre.feedback.signin;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/// How long people stay signed in: `gyre.sign-in.*`.
@ConfigMapping(prefix = "gyre.sign-in")
interface SignInConfig {
    /// Time after which a session ends, whether it was used or not. A working day.
    @WithDefault("12h")
    Duration lifetime();
}
