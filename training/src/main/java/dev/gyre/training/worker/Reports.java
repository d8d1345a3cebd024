package dev.gyre.training.worker;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gyre.training.run.Progress;
import java.io.PrintStream;

/// What the worker says on its pipe: one JSON object a line, with the fields of JobProgress.
final class Reports {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final PrintStream out;

    Reports(PrintStream out) {
        this.out = out;
    }

    void progress(Progress progress) {
        ObjectNode line = JSON.createObjectNode();
        line.put("type", "progress");
        line.put("phase", progress.phase());
        line.put("step", progress.step());
        line.put("total_steps", progress.totalSteps());
        line.put("loss", finite(progress.loss()));
        line.put("tokens_per_second", finite(progress.tokensPerSecond()));
        line.put("remaining_seconds", finite(progress.remainingSeconds()));
        line.put("note", progress.note());
        print(line);
    }

    /// JSON has no NaN; a diverged loss is in the metric file.
    private static double finite(double value) {
        return Double.isFinite(value) ? value : 0;
    }

    void result() {
        print(JSON.createObjectNode().put("type", "result"));
    }

    void error(String message) {
        print(JSON.createObjectNode().put("type", "error").put("message", message));
    }

    private void print(ObjectNode line) {
        out.println(line);
        out.flush();
    }
}
