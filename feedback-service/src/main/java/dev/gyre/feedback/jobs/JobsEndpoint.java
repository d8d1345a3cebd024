package dev.gyre.feedback.jobs;

import dev.gyre.access.AccessInterceptor;
import dev.gyre.access.FailureException;
import dev.gyre.access.Identity;
import dev.gyre.access.Role;
import dev.gyre.events.Event;
import dev.gyre.events.Topic;
import dev.gyre.feedback.platform.Answers;
import dev.gyre.feedback.platform.Names;
import dev.gyre.feedback.platform.Outgoing;
import dev.gyre.feedback.platform.Page;
import dev.gyre.proto.training.v1.CancelJobRequest;
import dev.gyre.proto.training.v1.CancelJobResponse;
import dev.gyre.proto.training.v1.GetJobRequest;
import dev.gyre.proto.training.v1.GetJobResponse;
import dev.gyre.proto.training.v1.Job;
import dev.gyre.proto.training.v1.JobCancellationRequested;
import dev.gyre.proto.training.v1.JobRequestEvent;
import dev.gyre.proto.training.v1.ListJobsRequest;
import dev.gyre.proto.training.v1.ListJobsResponse;
import io.grpc.stub.StreamObserver;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/// Some rpcs of `gyre.training.v1.TrainingService`, answered from the copy that this service keeps.
/// It is no gRPC service: programs ask trainer-service itself.
@Singleton
public final class JobsEndpoint {
    private final Jdbi database;
    private final JobStore store;
    private final Clock clock;

    JobsEndpoint(Jdbi database, JobStore store, Clock clock) {
        this.database = database;
        this.store = store;
        this.clock = clock;
    }

    /// Lists jobs, newest first; for everybody of their project.
    public void listJobs(ListJobsRequest request, StreamObserver<ListJobsResponse> answer) {
        Answers.one(answer, () -> list(request, AccessInterceptor.identity()));
    }

    private ListJobsResponse list(ListJobsRequest request, Identity caller) {
        Page.Wanted wanted = Page.Wanted.of(request.getPageSize(), request.getPageToken());
        List<String> projects = projects(request.getProject(), caller);
        Page<JobStore.Listed> page =
                Page.of(
                        database.withHandle(handle -> store.list(handle, projects, wanted)),
                        wanted,
                        JobStore.Listed::sequence);
        ListJobsResponse.Builder response = ListJobsResponse.newBuilder();
        page.items().forEach(listed -> response.addJobs(listed.job()));
        return response.setNextPageToken(page.nextToken()).build();
    }

    private static List<String> projects(String asked, Identity caller) {
        if (!asked.isEmpty()) {
            caller.checkProject(asked);
            return List.of(asked);
        }
        if (caller.mayUse(Identity.ALL_PROJECTS)) {
            return List.of();
        }
        // never the empty list, which stands for all
        return caller.projects().isEmpty() ? List.of(caller.project("")) : caller.projects();
    }

    /// Reads a job; for everybody of its project.
    public void getJob(GetJobRequest request, StreamObserver<GetJobResponse> answer) {
        Answers.one(
                answer,
                () -> {
                    Job job = database.withHandle(handle -> visible(handle, request.getJobId()));
                    return GetJobResponse.newBuilder().setJob(job).build();
                });
    }

    /// Asks trainer-service to end a job; for operators. The answer shows the job as it is before
    /// that; its state changes when trainer-service has done it.
    public void cancelJob(CancelJobRequest request, StreamObserver<CancelJobResponse> answer) {
        Answers.one(
                answer,
                () -> {
                    AccessInterceptor.identity().checkRole(Role.OPERATOR);
                    return database.inTransaction(
                            transaction -> {
                                Job job = visible(transaction, request.getJobId());
                                askToCancel(transaction, job);
                                return CancelJobResponse.newBuilder().setJob(job).build();
                            });
                });
    }

    private void askToCancel(Handle transaction, Job job) {
        Outgoing.append(
                transaction,
                Topic.JOB_REQUESTS,
                Event.of(
                        UUID.randomUUID().toString(),
                        job.getRequestId(),
                        JobRequestEvent.newBuilder()
                                .setCancellationRequested(
                                        JobCancellationRequested.newBuilder()
                                                .setRequestId(job.getRequestId()))
                                .build(),
                        clock.instant()));
    }

    private Job visible(Handle handle, String id) {
        Identity caller = AccessInterceptor.identity();
        return store.find(handle, Names.id("job_id", id))
                .filter(job -> caller.mayUse(job.getProject()))
                .orElseThrow(() -> FailureException.notFound("there is no job " + id));
    }
}
