package dev.gyre.inference.models;

/// The right to use a model until [#close()]: it is not unloaded before.
public final class Lease implements AutoCloseable {
    private final ServedModel model;
    private final String releaseLine;
    private final long releaseEpoch;
    private final Runnable giveBack;
    private boolean closed;

    Lease(ServedModel model, String releaseLine, long releaseEpoch, Runnable giveBack) {
        this.model = model;
        this.releaseLine = releaseLine;
        this.releaseEpoch = releaseEpoch;
        this.giveBack = giveBack;
    }

    /// The model.
    public ServedModel model() {
        return model;
    }

    /// The line that was asked for; empty when an exact version was.
    public String releaseLine() {
        return releaseLine;
    }

    /// The line's epoch; 0 when an exact version was asked for.
    public long releaseEpoch() {
        return releaseEpoch;
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            giveBack.run();
        }
    }
}
