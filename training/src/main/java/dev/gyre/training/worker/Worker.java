package dev.gyre.training.worker;

import com.google.protobuf.util.JsonFormat;
import dev.gyre.artifacts.ArtifactStore;
import dev.gyre.artifacts.Manifest;
import dev.gyre.artifacts.ModelPackages;
import dev.gyre.artifacts.Sha256;
import dev.gyre.proto.training.v1.JobResult;
import dev.gyre.proto.training.v1.JobSpec;
import dev.gyre.proto.training.v1.ModelRef;
import dev.gyre.training.engine.Torch;
import dev.gyre.training.run.CheckpointSettings;
import dev.gyre.training.run.TrainingRun;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One attempt of a job.
///
/// ```
/// java -cp 'training/target/worker/*' dev.gyre.training.worker.Worker <artifact store> <job id> <attempt>
///     [--project NAME] [--threads N] [--checkpoint-steps N] [--checkpoint-seconds S] [--untethered]
/// ```
///
/// `--project` is the job's project; only a job that trains on the project's corpus needs it.
///
/// Reads `jobs/<id>/<attempt>/request.json` (JobSpec), continues from the newest checkpoint of this
/// or an earlier attempt, writes `metrics.jsonl`, `checkpoints/`, the model package and
/// `result.json` (JobResult). Says its progress on standard output, one JSON object a line, and on
/// standard error only why it ended. Without `--untethered` it ends when its standard input closes.
///
/// | exit status | meaning |
/// |---|---|
/// | 0 | done, `result.json` is there |
/// | 1 | an unexpected failure; another attempt may succeed |
/// | 2 | the job cannot be done as asked; standard error says why and what to do |
/// | 4 | standard input closed; a checkpoint was written if there was time |
/// | 143 | SIGTERM; a checkpoint was written after the running step |
public final class Worker {
    private static final int DONE = 0;
    private static final int FAILED = 1;
    private static final int REFUSED = 2;

    private final WorkerOptions options;
    private final Reports reports;
    private final Stop stop;

    private Worker(WorkerOptions options, Reports reports, Stop stop) {
        this.options = options;
        this.reports = reports;
        this.stop = stop;
    }

    /// Runs the attempt and exits.
    public static void main(String[] arguments) {
        Reports reports = new Reports(System.out);
        int status;
        Stop stop = new Stop();
        try {
            WorkerOptions options = WorkerOptions.parse(arguments);
            stop.onSignal();
            if (options.tethered()) {
                stop.whenClosed(System.in);
            }
            status = new Worker(options, reports, stop).run();
        } catch (IllegalArgumentException refused) {
            String message = String.valueOf(refused.getMessage());
            System.err.println(message);
            reports.error(message);
            status = REFUSED;
        } catch (IOException | RuntimeException failure) {
            failure.printStackTrace();
            reports.error(String.valueOf(failure));
            status = FAILED;
        }
        stop.exit(status);
    }

    private int run() throws IOException {
        Torch.start(options.threads());
        Path location = options.storeFolder();
        ArtifactStore store = ArtifactStore.open(options.artifacts());
        Path jobFolder = location.resolve("jobs").resolve(options.jobId());
        Path folder = jobFolder.resolve(Integer.toString(options.attempt()));
        JobSpec spec = Specification.parse(read(store, options));
        List<Path> earlier = new ArrayList<>();
        for (int attempt = 1; attempt < options.attempt(); attempt++) {
            earlier.add(jobFolder.resolve(Integer.toString(attempt)));
        }
        CheckpointSettings checkpoints = options.checkpoints();
        try (TrainingRun run =
                new TrainingRun(folder, earlier, checkpoints, reports::progress, stop::requested)) {
            JobContext job =
                    new JobContext(
                            store,
                            new ModelPackages(store, options.cache()),
                            location,
                            options.project(),
                            folder,
                            options.jobId(),
                            options.attempt(),
                            options.threads(),
                            run);
            Optional<JobResult> result = work(job, spec);
            if (result.isPresent()) {
                String json = JsonFormat.printer().print(result.get());
                store.write(job.path("result.json"), json.getBytes(StandardCharsets.UTF_8));
                run.removeCheckpoints();
                reports.result();
            }
            return DONE;
        }
    }

    private static String read(ArtifactStore store, WorkerOptions options) throws IOException {
        String path =
                ArtifactStore.checkPath(
                        "jobs/" + options.jobId() + "/" + options.attempt() + "/request.json");
        if (!store.exists(path)) {
            throw new IllegalArgumentException(
                    "there is no " + path + " in " + options.artifacts());
        }
        try (InputStream in = store.read(path)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /// @return empty when the attempt was asked to stop
    private static Optional<JobResult> work(JobContext job, JobSpec spec) throws IOException {
        return switch (spec.getKindCase()) {
            case IMPORT_MODEL -> model(job, new ImportTask(job, spec.getImportModel()).run());
            case PRETRAIN -> model(job, new PretrainTask(job, spec.getPretrain()).run());
            case REWARD -> model(job, new RewardTask(job, spec.getReward()).run());
            case DPO -> model(job, new DpoTask(job, spec.getDpo()).run());
            case EVALUATE -> metrics(job, new EvaluateTask(job, spec.getEvaluate()).run());
            case KIND_NOT_SET -> throw new IllegalArgumentException("the request has no kind");
        };
    }

    private static Optional<JobResult> model(JobContext job, @Nullable Manifest manifest) {
        if (manifest == null) {
            return Optional.empty();
        }
        return Optional.of(
                JobResult.newBuilder()
                        .setModel(
                                ModelRef.newBuilder()
                                        .setName(manifest.name())
                                        .setVersion(manifest.version()))
                        .setManifestSha256(Sha256.of(manifest.toJson()))
                        .putAllMetrics(manifest.metrics())
                        .setMetricsPath(job.path("metrics.jsonl"))
                        .build());
    }

    private static Optional<JobResult> metrics(
            JobContext job, @Nullable Map<String, Double> metrics) {
        if (metrics == null) {
            return Optional.empty();
        }
        return Optional.of(
                JobResult.newBuilder()
                        .putAllMetrics(metrics)
                        .setMetricsPath(job.path("metrics.jsonl"))
                        .build());
    }
}
