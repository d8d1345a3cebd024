package dev.gyre.trainer.jobs;

/// What a job does. The settings of each kind stand in `gyre/training/v1/job.proto`.
public enum JobKind {
    /// Makes a model package from somebody else's weights.
    IMPORT(true, true),
    /// Trains a model from random weights.
    PRETRAIN(true, true),
    /// Trains a reward model. Its package scores answers and is never released.
    REWARD(true, false),
    /// Direct preference optimisation.
    DPO(true, true),
    /// Measures a candidate; writes no package.
    EVALUATE(false, false);

    private final boolean writesPackage;
    private final boolean makesCandidate;

    JobKind(boolean writesPackage, boolean makesCandidate) {
        this.writesPackage = writesPackage;
        this.makesCandidate = makesCandidate;
    }

    /// Whether success means that a model package was written.
    public boolean writesPackage() {
        return writesPackage;
    }

    /// Whether the package may be released, so that success announces a candidate.
    public boolean makesCandidate() {
        return makesCandidate;
    }

    /// The name in metrics and logs, lower case.
    public String label() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
