package dev.gyre.trainer.jobs;

import java.util.ArrayList;
import java.util.List;

/// The furthest point that any attempt of a job has reported. A resumed attempt goes again through
/// phases and steps that an earlier one has done; only what lies beyond counts as progress.
///
/// @param phases the phases reported so far, in the order in which they were first seen
/// @param step the highest step reported in the last of them
public record HighWaterMark(List<String> phases, long step) {
    /// Before the first report.
    public static final HighWaterMark START = new HighWaterMark(List.of(), 0);

    /// A worker with more phases than this stops making progress by inventing names.
    static final int MAX_PHASES = 64;

    public HighWaterMark {
        phases = List.copyOf(phases);
    }

    /// The mark after `progress`; the same mark when `progress` lies behind it.
    HighWaterMark raisedBy(Progress progress) {
        int index = phases.indexOf(progress.phase());
        if (index < 0) {
            if (phases.size() >= MAX_PHASES) {
                return this;
            }
            var more = new ArrayList<>(phases);
            more.add(progress.phase());
            return new HighWaterMark(more, progress.step());
        }
        boolean ahead = index == phases.size() - 1 && progress.step() > step;
        return ahead ? new HighWaterMark(phases, progress.step()) : this;
    }

    @Override
    public String toString() {
        return phases.isEmpty() ? "the start" : phases.getLast() + " step " + step;
    }
}
