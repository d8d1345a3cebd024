package dev.gyre.tokenization.corpus;

import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/// Whether documents are processed.
@Readiness
class CorpusHealth implements HealthCheck {
    private final CorpusLifecycle corpora;

    CorpusHealth(CorpusLifecycle corpora) {
        this.corpora = corpora;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("corpora").status(corpora.isAlive()).build();
    }
}
