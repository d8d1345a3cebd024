package dev.gyre.tokenization;

import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/// Whether the artifact store answers.
@Readiness
class ArtifactsHealth implements HealthCheck {
    private final TokenizerStore tokenizers;

    ArtifactsHealth(TokenizerStore tokenizers) {
        this.tokenizers = tokenizers;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("artifact store").status(tokenizers.isReachable()).build();
    }
}
