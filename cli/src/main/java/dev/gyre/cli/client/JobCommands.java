package dev.gyre.cli.client;

import dev.gyre.cli.machine.GyreHome;
import dev.gyre.proto.training.v1.CancelJobRequest;
import dev.gyre.proto.training.v1.GetJobRequest;
import dev.gyre.proto.training.v1.Job;
import dev.gyre.proto.training.v1.JobSpec;
import dev.gyre.proto.training.v1.ListJobsRequest;
import dev.gyre.proto.training.v1.SubmitJobRequest;
import io.grpc.StatusException;
import java.io.PrintStream;
import java.util.UUID;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `gyre jobs`.
@Command(
        name = "jobs",
        mixinStandardHelpOptions = true,
        description = "Submits, shows and cancels training jobs.")
public final class JobCommands {
    private final GyreHome home;
    private final PrintStream out;

    /// @param out takes the answers
    public JobCommands(GyreHome home, PrintStream out) {
        this.home = home;
        this.out = out;
    }

    @Command(
            name = "pretrain",
            mixinStandardHelpOptions = true,
            description = {
                "Trains a model from scratch, on a sealed corpus or on a text.",
                "The job goes on by itself; this command only submits it."
            })
    void pretrain(
            @Mixin PretrainOptions options,
            @Option(
                            names = "--project",
                            paramLabel = "NAME",
                            defaultValue = "",
                            description =
                                    "Project that owns the job and the corpus. Default: your first.")
                    String project)
            throws StatusException {
        try (Services services = Services.of(home)) {
            Job job =
                    services.training()
                            .submitJob(
                                    SubmitJobRequest.newBuilder()
                                            .setRequestId(UUID.randomUUID().toString())
                                            .setProject(project)
                                            .setSpec(
                                                    JobSpec.newBuilder().setPretrain(options.job()))
                                            .build())
                            .getJob();
            out.print(JobLines.submitted(job));
        }
    }

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = "Lists jobs, newest first.")
    void list(
            @Option(
                            names = "--project",
                            paramLabel = "NAME",
                            defaultValue = "",
                            description = "Only this project's. Default: all.")
                    String project,
            @Option(
                            names = "--limit",
                            paramLabel = "N",
                            defaultValue = "20",
                            description = "At most so many, 1 to 1000. Default: ${DEFAULT-VALUE}.")
                    int limit)
            throws StatusException {
        try (Services services = Services.of(home)) {
            out.print(
                    JobLines.table(
                            services.training()
                                    .listJobs(
                                            ListJobsRequest.newBuilder()
                                                    .setProject(project)
                                                    .setPageSize(limit)
                                                    .build())
                                    .getJobsList()));
        }
    }

    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description = "Shows all that is known of a job.")
    void show(@Parameters(paramLabel = "JOB", description = "Job id.") String job)
            throws StatusException {
        try (Services services = Services.of(home)) {
            out.print(
                    JobLines.whole(
                            services.training()
                                    .getJob(GetJobRequest.newBuilder().setJobId(job).build())
                                    .getJob()));
        }
    }

    @Command(
            name = "cancel",
            mixinStandardHelpOptions = true,
            description = "Cancels a job that has not ended.")
    void cancel(@Parameters(paramLabel = "JOB", description = "Job id.") String job)
            throws StatusException {
        try (Services services = Services.of(home)) {
            out.print(
                    JobLines.whole(
                            services.training()
                                    .cancelJob(CancelJobRequest.newBuilder().setJobId(job).build())
                                    .getJob()));
        }
    }
}
