package dev.gyre.training.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Tensor;

/// One attempt of a job, as a trainer sees it: where it starts, where its numbers go, and whether
/// it must stop.
///
/// The metric file `metrics.jsonl` has one JSON object a line and no wall-clock values: a job that
/// was killed and resumed has the same file, to the bit, as one that was not (on the same machine
/// with the same number of threads). Rates go into the [Progress] reports only.
public final class TrainingRun implements AutoCloseable {
    /// Least time between two reports without a note.
    private static final long REPORT_NANOS = 500_000_000L;

    private final Path folder;
    private final List<Path> attempts;
    private final Checkpoints checkpoints;
    private final CheckpointSettings settings;
    private final Consumer<Progress> reporter;
    private final BooleanSupplier stopRequested;
    private final FileChannel metrics;

    private String phase = "starting";
    private long totalSteps;
    private long phaseStartStep;
    private long phaseStartNanos = System.nanoTime();
    private long phaseTokens;
    private long lastReportNanos;
    private long lastCheckpointNanos = System.nanoTime();
    private long lastCheckpointStep;
    private double lastLoss;

    /// @param folder of this attempt, `jobs/<id>/<attempt>`; made when it does not exist
    /// @param earlier folders of earlier attempts, whose newest checkpoint is the start
    /// @param reporter gets the progress; called on the trainer's thread
    /// @param stopRequested becomes true when the attempt is to end after the running step
    public TrainingRun(
            Path folder,
            List<Path> earlier,
            CheckpointSettings settings,
            Consumer<Progress> reporter,
            BooleanSupplier stopRequested)
            throws IOException {
        this.folder = folder;
        this.attempts = new ArrayList<>(earlier);
        attempts.add(folder);
        this.checkpoints = new Checkpoints(folder);
        this.settings = settings;
        this.reporter = reporter;
        this.stopRequested = stopRequested;
        Files.createDirectories(folder);
        this.metrics =
                FileChannel.open(
                        folder.resolve("metrics.jsonl"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
    }

    /// Path of the metric file.
    public Path metricsFile() {
        return folder.resolve("metrics.jsonl");
    }

    /// Whether the attempt is to end after the running step.
    public boolean stopRequested() {
        return stopRequested.getAsBoolean();
    }

    /// Begins a phase with its own count of steps.
    ///
    /// @param totalSteps 0 when unknown
    /// @param step steps done before
    public void begin(String phase, long totalSteps, long step) {
        this.phase = phase;
        this.totalSteps = totalSteps;
        this.phaseStartStep = step;
        this.phaseStartNanos = System.nanoTime();
        this.phaseTokens = 0;
        report(step, step == 0 ? "" : "goes on after step " + step);
    }

    /// Restores the newest checkpoint of this attempt or an earlier one, and cuts the metric file
    /// to where it stood then. Without a checkpoint the metric file becomes empty.
    ///
    /// @param state every tensor that the trainer changes, by name
    /// @return steps done, 0 without a checkpoint
    public long resume(Map<String, Tensor> state) throws IOException {
        Checkpoints.Checkpoint checkpoint = Checkpoints.newest(attempts);
        if (checkpoint == null) {
            metrics.truncate(0);
            return 0;
        }
        Checkpoints.restore(checkpoint, state);
        Path source = checkpoint.attemptFolder().resolve("metrics.jsonl");
        if (!Files.isSameFile(source, metricsFile())) {
            byte[] bytes = Files.readAllBytes(source);
            metrics.truncate(0);
            append(ByteBuffer.wrap(bytes, 0, (int) checkpoint.metricsBytes()));
        }
        metrics.truncate(checkpoint.metricsBytes());
        this.lastCheckpointStep = checkpoint.step();
        this.lastCheckpointNanos = System.nanoTime();
        return checkpoint.step();
    }

    /// Ends a step: writes its metrics, reports, and writes a checkpoint when one is due, when the
    /// attempt is to stop, and after the last step.
    ///
    /// @param step steps done, this one included
    /// @param tokens tokens trained in it
    /// @param values by TRL's names; `loss` is also reported
    /// @param state every tensor that the trainer changes, by name
    public void endStep(
            long step, long tokens, Map<String, Double> values, Map<String, Tensor> state)
            throws IOException {
        phaseTokens += tokens;
        lastLoss = values.getOrDefault("loss", lastLoss);
        record(step, values);
        if (System.nanoTime() - lastReportNanos > REPORT_NANOS || step == totalSteps) {
            report(step, "");
        }
        if (checkpointIsDue(step)) {
            metrics.force(true);
            checkpoints.write(step, metrics.size(), state);
            lastCheckpointStep = step;
            lastCheckpointNanos = System.nanoTime();
        }
    }

    private boolean checkpointIsDue(long step) {
        double seconds = (System.nanoTime() - lastCheckpointNanos) / 1e9;
        return step == totalSteps
                || stopRequested()
                || settings.everySteps() > 0 && step - lastCheckpointStep >= settings.everySteps()
                || settings.everySeconds() > 0 && seconds >= settings.everySeconds();
    }

    /// Writes a line into the metric file.
    public void record(long step, Map<String, Double> values) throws IOException {
        ObjectNode line = new ObjectMapper().createObjectNode().put("step", step);
        values.forEach(line::put);
        append(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
    }

    private void append(ByteBuffer bytes) throws IOException {
        metrics.position(metrics.size());
        while (bytes.hasRemaining()) {
            metrics.write(bytes);
        }
    }

    /// Reports where the phase is, with a line for people.
    public void report(long step, String note) {
        lastReportNanos = System.nanoTime();
        double seconds = (lastReportNanos - phaseStartNanos) / 1e9;
        long done = step - phaseStartStep;
        double remaining = done > 0 ? seconds / done * Math.max(0, totalSteps - step) : 0;
        reporter.accept(
                new Progress(
                        phase, step, totalSteps, lastLoss, phaseTokens / seconds, remaining, note));
    }

    /// Removes the checkpoints of all attempts: the job is done.
    public void removeCheckpoints() throws IOException {
        for (Path attempt : attempts) {
            Checkpoints.remove(attempt);
        }
    }

    @Override
    public void close() throws IOException {
        metrics.close();
    }
}
