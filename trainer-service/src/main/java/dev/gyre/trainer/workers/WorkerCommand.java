package dev.gyre.trainer.workers;

import dev.gyre.trainer.jobs.Job;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/// How a worker's JVM is started.
///
/// @param arguments the command line
/// @param environment its whole environment
record WorkerCommand(List<String> arguments, Map<String, String> environment) {
    /// What a worker may know of the service's environment. The service's passwords are not for it.
    private static final Set<String> PASSED =
            Set.of("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "USER");

    private static final List<String> PASSED_FAMILIES =
            List.of("AWS_", "CUDA_", "NVIDIA_", "NCCL_", "MASTER_");

    WorkerCommand {
        arguments = List.copyOf(arguments);
        environment = Map.copyOf(environment);
    }

    /// @param classPath the worker's class path
    /// @param artifacts location of the artifact store
    /// @param cache folder of verified copies of models
    /// @param surroundings the service's environment
    static WorkerCommand of(
            WorkerConfig config,
            String classPath,
            String artifacts,
            Path cache,
            Job job,
            Map<String, String> surroundings) {
        int threads =
                config.threads() > 0
                        ? config.threads()
                        : Runtime.getRuntime().availableProcessors();
        List<String> arguments = new ArrayList<>();
        arguments.addAll(List.of("nice", "-n", Integer.toString(config.nice())));
        arguments.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String option : config.javaOptions().split("\\s+")) {
            if (!option.isBlank()) {
                arguments.add(option);
            }
        }
        arguments.add("-XX:ActiveProcessorCount=" + threads);
        arguments.addAll(List.of("-cp", classPath, config.mainClass()));
        arguments.addAll(List.of(artifacts, job.id(), Integer.toString(job.attempt())));
        arguments.addAll(List.of("--project", job.request().project()));
        double seconds = config.checkpointInterval().toMillis() / 1000.0;
        arguments.addAll(List.of("--checkpoint-seconds", Double.toString(seconds)));
        Map<String, String> environment = passedOn(surroundings);
        environment.put("GYRE_ARTIFACTS_CACHE", cache.toString());
        for (String library : List.of("OMP", "OPENBLAS", "MKL")) {
            environment.put(library + "_NUM_THREADS", Integer.toString(threads));
        }
        return new WorkerCommand(arguments, environment);
    }

    private static Map<String, String> passedOn(Map<String, String> surroundings) {
        Predicate<String> passed =
                name ->
                        PASSED.contains(name)
                                || PASSED_FAMILIES.stream().anyMatch(name::startsWith);
        Map<String, String> environment = new TreeMap<>(surroundings);
        environment.keySet().removeIf(passed.negate());
        return environment;
    }
}
