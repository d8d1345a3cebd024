package dev.gyre.feedback;

import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/// Ready once the database is migrated and every consumer is reading; the database's own check
/// comes with its extension.
@Readiness
@Singleton
class LoopHealth implements HealthCheck {
    private final Lifecycle lifecycle;

    LoopHealth(Lifecycle lifecycle) {
        this.lifecycle = lifecycle;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("consumers and outbox")
                .status(lifecycle.isRunning())
                .build();
    }
}
