package dev.gyre.trainer.jobs;

/// How far an attempt is, as its worker says.
///
/// @param phase what it does now, for example `training`
/// @param step steps done in this phase
/// @param totalSteps steps of this phase; 0: unknown
/// @param loss last training loss in nats; 0: none
/// @param tokensPerSecond tokens trained per second; 0: none
/// @param remainingSeconds estimated seconds to the end of the phase; 0: unknown
/// @param note a line for people
public record Progress(
        String phase,
        long step,
        long totalSteps,
        double loss,
        double tokensPerSecond,
        double remainingSeconds,
        String note) {
    /// Characters of a note that are kept.
    static final int MAX_NOTE_CHARACTERS = 4000;

    public Progress {
        if (step < 0 || totalSteps < 0) {
            throw new IllegalArgumentException(
                    "progress of phase '"
                            + phase
                            + "' has step "
                            + step
                            + " of "
                            + totalSteps
                            + "; both must be 0 or more");
        }
        if (note.length() > MAX_NOTE_CHARACTERS) {
            note = note.substring(0, MAX_NOTE_CHARACTERS);
        }
    }

    /// The same with other words.
    public Progress withNote(String words) {
        return new Progress(
                phase, step, totalSteps, loss, tokensPerSecond, remainingSeconds, words);
    }
}
