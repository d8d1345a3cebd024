package dev.gyre.training.worker;

import dev.gyre.training.run.CheckpointSettings;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The worker's command line.
///
/// @param artifacts location of the artifact store: a folder, as a path or a `file:` URI
/// @param jobId job id
/// @param attempt number of the attempt, from 1
/// @param project that owns the job; empty: not named
/// @param threads threads for compute
/// @param checkpoints when checkpoints are written
/// @param tethered whether to end when standard input closes
record WorkerOptions(
        String artifacts,
        String jobId,
        int attempt,
        String project,
        int threads,
        CheckpointSettings checkpoints,
        boolean tethered) {
    private static final String USAGE =
            "usage: Worker <artifact store> <job id> <attempt> [--project NAME] [--threads N]"
                    + " [--checkpoint-steps N] [--checkpoint-seconds S] [--untethered]";

    WorkerOptions {
        if (attempt < 1) {
            throw new IllegalArgumentException("attempt is " + attempt + ", it must be from 1 on");
        }
    }

    /// @throws IllegalArgumentException when an argument is missing, unknown or no number
    static WorkerOptions parse(String[] arguments) {
        List<String> words = new ArrayList<>();
        // the launcher caps the processors that the JVM sees
        int threads = Runtime.getRuntime().availableProcessors();
        long checkpointSteps = CheckpointSettings.DEFAULT.everySteps();
        double checkpointSeconds = CheckpointSettings.DEFAULT.everySeconds();
        boolean tethered = true;
        String project = "";
        for (int at = 0; at < arguments.length; at++) {
            switch (arguments[at]) {
                case "--project" -> project = word(arguments, ++at);
                case "--threads" -> threads = (int) number(arguments, ++at);
                case "--checkpoint-steps" -> checkpointSteps = (long) number(arguments, ++at);
                case "--checkpoint-seconds" -> checkpointSeconds = number(arguments, ++at);
                case "--untethered" -> tethered = false;
                default -> words.add(arguments[at]);
            }
        }
        if (words.size() != 3) {
            throw new IllegalArgumentException(USAGE);
        }
        return new WorkerOptions(
                words.get(0),
                words.get(1),
                (int) number(words.toArray(String[]::new), 2),
                project,
                threads,
                new CheckpointSettings(checkpointSteps, checkpointSeconds),
                tethered);
    }

    private static double number(String[] arguments, int at) {
        String word = word(arguments, at);
        try {
            return Double.parseDouble(word);
        } catch (NumberFormatException none) {
            throw new IllegalArgumentException("'" + word + "' is no number; " + USAGE, none);
        }
    }

    /// The argument of an option; empty behind the last.
    private static String word(String[] arguments, int at) {
        return at < arguments.length ? arguments[at] : "";
    }

    /// The store as a local folder: checkpoints are written and renamed in place.
    ///
    /// @throws IllegalArgumentException when the store is none
    Path storeFolder() {
        if (artifacts.startsWith("file:")) {
            return Path.of(URI.create(artifacts));
        }
        if (artifacts.contains("://")) {
            throw new IllegalArgumentException(
                    "the artifact store is "
                            + artifacts
                            + "; workers need a folder, mount a shared volume");
        }
        return Path.of(artifacts);
    }

    /// Folder of verified copies of models: GYRE_ARTIFACTS_CACHE, else below the user's own cache.
    Path cache() {
        String set = System.getenv("GYRE_ARTIFACTS_CACHE");
        return set != null && !set.isBlank()
                ? Path.of(set)
                : Path.of(System.getProperty("user.home"), ".cache", "gyre", "models");
    }
}
