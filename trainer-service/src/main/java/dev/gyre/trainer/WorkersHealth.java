package dev.gyre.trainer;

import dev.gyre.trainer.workers.Workers;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/// Whether jobs are still being claimed.
@Liveness
class WorkersHealth implements HealthCheck {
    private final Workers workers;

    WorkersHealth(Workers workers) {
        this.workers = workers;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("claiming of jobs").status(workers.isAlive()).build();
    }
}
