package dev.gyre.cli.client;

import com.google.protobuf.Timestamp;
import dev.gyre.cli.terminal.Table;
import dev.gyre.cli.terminal.Words;
import dev.gyre.proto.training.v1.Job;
import dev.gyre.proto.training.v1.JobProgress;
import dev.gyre.proto.training.v1.JobState;
import dev.gyre.proto.training.v1.ModelRef;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Jobs in words.
public final class JobLines {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneId.systemDefault());

    private JobLines() {}

    /// A table of jobs.
    static String table(List<Job> jobs) {
        Table table = new Table("JOB", "PROJECT", "KIND", "STATE", "ATTEMPT", "MADE", "HOW FAR");
        for (Job job : jobs) {
            table.add(
                    job.getId(),
                    job.getProject(),
                    kind(job),
                    state(job),
                    Integer.toString(job.getAttempt()),
                    time(job.getCreateTime()),
                    ending(job));
        }
        return table.toString();
    }

    /// A job that was just submitted, and how to follow it.
    static String submitted(Job job) {
        return """
        job %1$s of project %2$s is %3$s
          ./gyre jobs show %1$s     how far it is; its model and figures at the end
          ./gyre jobs cancel %1$s   ends it
        """
                .formatted(job.getId(), job.getProject(), state(job));
    }

    /// One job, a line for each thing known.
    static String whole(Job job) {
        StringBuilder text = new StringBuilder();
        line(text, "job", job.getId());
        line(text, "request", job.getRequestId());
        line(text, "project", job.getProject());
        line(text, "kind", kind(job));
        line(text, "state", state(job));
        line(text, "attempt", Integer.toString(job.getAttempt()));
        line(text, "asked by", job.getRequestedBy());
        line(text, "made", time(job.getCreateTime()));
        line(text, "changed", time(job.getUpdateTime()));
        line(text, "how far", ending(job));
        if (job.hasResult()) {
            line(text, "metric file", job.getResult().getMetricsPath());
            job.getResult().getMetricsMap().entrySet().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .forEach(metric -> line(text, metric.getKey(), metric.getValue().toString()));
        }
        line(text, "settings", "\n" + job.getSpec().toString().indent(4).stripTrailing());
        return text.toString();
    }

    /// How far a running job is, with rate and time left where they are known.
    public static String progress(Job job) {
        JobProgress progress = job.getProgress();
        StringBuilder text = new StringBuilder(kind(job)).append(": ");
        text.append(progress.getPhase().isEmpty() ? state(job) : progress.getPhase());
        if (progress.getTotalSteps() > 0) {
            text.append(
                    String.format(
                            Locale.ROOT,
                            " %d of %d (%d %%)",
                            progress.getStep(),
                            progress.getTotalSteps(),
                            100 * progress.getStep() / progress.getTotalSteps()));
        }
        if (progress.getLoss() != 0) {
            text.append(String.format(Locale.ROOT, ", loss %.3f", progress.getLoss()));
        }
        if (progress.getTokensPerSecond() > 0) {
            text.append(
                    String.format(Locale.ROOT, ", %.0f tokens/s", progress.getTokensPerSecond()));
        }
        if (progress.getRemainingSeconds() > 0) {
            text.append(", about ").append(Words.seconds(progress.getRemainingSeconds()));
            text.append(" left");
        }
        if (!progress.getNote().isEmpty()) {
            text.append(", ").append(progress.getNote());
        }
        return text.toString();
    }

    /// What a model trained from scratch was measured at, beside what counting alone reaches; no
    /// line for what was not measured.
    public static List<String> pretrained(Job job) {
        Map<String, Double> metrics = job.getResult().getMetricsMap();
        List<String> lines = new ArrayList<>();
        if (metrics.containsKey("ngram_bits_per_byte")) {
            lines.add(
                    String.format(
                            Locale.ROOT,
                            "held-out text: %.3f bits per byte; a modified Kneser-Ney 5-gram on the"
                                    + " same tokens: %.3f",
                            metrics.get("eval_bits_per_byte"),
                            metrics.get("ngram_bits_per_byte")));
        }
        if (metrics.containsKey("antonyms_seen_template")) {
            lines.add(
                    String.format(
                            Locale.ROOT,
                            "opposites right: told in its text %.2f by sentence and %.2f by few-shot"
                                    + " block; never told %.2f and %.2f",
                            metrics.get("antonyms_seen_template"),
                            metrics.get("antonyms_seen_few_shot"),
                            metrics.get("antonyms_unseen_template"),
                            metrics.get("antonyms_unseen_few_shot")));
        }
        return lines;
    }

    /// Whether a job will change no more.
    public static boolean hasEnded(Job job) {
        return switch (job.getState()) {
            case JOB_STATE_SUCCEEDED, JOB_STATE_FAILED, JOB_STATE_CANCELLED -> true;
            case JOB_STATE_UNSPECIFIED,
                    JOB_STATE_QUEUED,
                    JOB_STATE_RUNNING,
                    JOB_STATE_CHECKPOINTED,
                    UNRECOGNIZED ->
                    false;
        };
    }

    /// A model version as `name@version`.
    public static String model(ModelRef model) {
        return model.getName() + "@" + model.getVersion();
    }

    private static String ending(Job job) {
        if (job.getState() == JobState.JOB_STATE_FAILED) {
            return job.getError();
        }
        if (job.hasResult()) {
            return job.getResult().hasModel() ? model(job.getResult().getModel()) : "measured";
        }
        return hasEnded(job) ? "" : progress(job);
    }

    private static String kind(Job job) {
        return switch (job.getSpec().getKindCase()) {
            case IMPORT_MODEL -> "import";
            case PRETRAIN -> "pretrain";
            case REWARD -> "reward";
            case DPO -> "dpo";
            case EVALUATE -> "evaluate";
            case KIND_NOT_SET -> "unknown";
        };
    }

    private static String state(Job job) {
        return job.getState().name().replace("JOB_STATE_", "").toLowerCase(Locale.ROOT);
    }

    private static String time(Timestamp time) {
        return TIME.format(Instant.ofEpochSecond(time.getSeconds()));
    }

    private static void line(StringBuilder text, String name, String value) {
        text.append(String.format("%-12s %s%n", name, value));
    }
}
