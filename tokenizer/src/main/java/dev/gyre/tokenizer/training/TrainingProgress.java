package dev.gyre.tokenizer.training;

/// Is told how far a training is, a few times a second, by the thread that trains.
public interface TrainingProgress {
    /// Nobody listens.
    TrainingProgress NONE = (_, _, _, _) -> {};

    /// @param phase what is being done
    /// @param done how much of it, in the phase's unit
    /// @param total how much there is, 0 if that is not known
    /// @param perSecond units a second since the phase began
    void report(TrainingPhase phase, long done, long total, double perSecond);
}
