package dev.gyre.trainer.jobs;

import dev.gyre.access.AccessInterceptor;
import dev.gyre.access.FailureException;
import dev.gyre.access.Identity;
import dev.gyre.access.Role;
import dev.gyre.proto.training.v1.CancelJobRequest;
import dev.gyre.proto.training.v1.CancelJobResponse;
import dev.gyre.proto.training.v1.GetJobRequest;
import dev.gyre.proto.training.v1.GetJobResponse;
import dev.gyre.proto.training.v1.ListJobsRequest;
import dev.gyre.proto.training.v1.ListJobsResponse;
import dev.gyre.proto.training.v1.SubmitJobRequest;
import dev.gyre.proto.training.v1.SubmitJobResponse;
import dev.gyre.proto.training.v1.TrainingServiceGrpc;
import dev.gyre.proto.training.v1.WatchJobRequest;
import dev.gyre.proto.training.v1.WatchJobResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/// The gRPC door: `gyre.training.v1.TrainingService`.
@GrpcService
public class JobsEndpoint extends TrainingServiceGrpc.TrainingServiceImplBase {
    private static final int DEFAULT_PAGE = 100;
    private static final int MAX_PAGE = 1000;

    private final JobStore jobs;
    private final Duration watchInterval;

    JobsEndpoint(JobStore jobs, JobsConfig config) {
        this.jobs = jobs;
        this.watchInterval = config.watchInterval();
    }

    @Override
    public void submitJob(SubmitJobRequest request, StreamObserver<SubmitJobResponse> answer) {
        answer(
                answer,
                () -> {
                    Identity caller = AccessInterceptor.identity();
                    caller.checkRole(Role.OPERATOR, Role.SERVICE);
                    RequestChecks.size(request.getSpec());
                    SpecificationChecks.check(request.getSpec());
                    Job job =
                            jobs.submit(
                                    new JobRequest(
                                            RequestChecks.requestId(request.getRequestId()),
                                            caller.project(request.getProject()),
                                            SpecificationMessages.fromMessage(request.getSpec()),
                                            caller.subject()));
                    return SubmitJobResponse.newBuilder()
                            .setJob(JobMessages.toMessage(job))
                            .build();
                });
    }

    @Override
    public void getJob(GetJobRequest request, StreamObserver<GetJobResponse> answer) {
        answer(
                answer,
                () ->
                        GetJobResponse.newBuilder()
                                .setJob(JobMessages.toMessage(visible(request.getJobId())))
                                .build());
    }

    @Override
    public void listJobs(ListJobsRequest request, StreamObserver<ListJobsResponse> answer) {
        answer(
                answer,
                () -> {
                    int size = pageSize(request.getPageSize());
                    List<Job> page =
                            jobs.newest(
                                    projects(request.getProject()),
                                    PageTokens.read(request.getPageToken()),
                                    size + 1);
                    var response = ListJobsResponse.newBuilder();
                    page.stream()
                            .limit(size)
                            .map(JobMessages::toMessage)
                            .forEach(response::addJobs);
                    if (page.size() > size) {
                        Job last = page.get(size - 1);
                        response.setNextPageToken(
                                PageTokens.write(new JobStore.Place(last.createTime(), last.id())));
                    }
                    return response.build();
                });
    }

    @Override
    public void cancelJob(CancelJobRequest request, StreamObserver<CancelJobResponse> answer) {
        answer(
                answer,
                () -> {
                    AccessInterceptor.identity().checkRole(Role.OPERATOR, Role.SERVICE);
                    String id = visible(request.getJobId()).id();
                    jobs.change(id, new JobCommand.Cancel());
                    return CancelJobResponse.newBuilder()
                            .setJob(JobMessages.toMessage(visible(id)))
                            .build();
                });
    }

    /// Looks at the job again and again rather than being told: the change may happen in another
    /// replica. A reader that is slow gets the latest state, not every one.
    @Override
    public void watchJob(WatchJobRequest request, StreamObserver<WatchJobResponse> answer) {
        var stream = (ServerCallStreamObserver<WatchJobResponse>) answer;
        try {
            Job job = visible(request.getJobId());
            send(stream, job);
            while (!job.state().ended() && !stream.isCancelled()) {
                Thread.sleep(watchInterval);
                Job next = visible(job.id());
                if (!next.updateTime().equals(job.updateTime()) && stream.isReady()) {
                    send(stream, next);
                    job = next;
                }
            }
            if (!stream.isCancelled()) {
                stream.onCompleted();
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            stream.onError(FailureException.unavailable("the service stops; watch again"));
        } catch (RuntimeException failure) {
            stream.onError(failure);
        }
    }

    private static void send(StreamObserver<WatchJobResponse> stream, Job job) {
        stream.onNext(WatchJobResponse.newBuilder().setJob(JobMessages.toMessage(job)).build());
    }

    /// The job, when the caller may see it. Others' jobs look as if they did not exist.
    private Job visible(String id) {
        Identity caller = AccessInterceptor.identity();
        return jobs.find(id)
                .filter(job -> caller.mayUse(job.request().project()))
                .orElseThrow(
                        () ->
                                FailureException.notFound(
                                        "there is no job '" + id + "' that you may see"));
    }

    /// Projects to list; empty: all.
    private static List<String> projects(String asked) {
        Identity caller = AccessInterceptor.identity();
        if (!asked.isEmpty()) {
            return List.of(caller.project(asked));
        }
        if (caller.projects().contains(Identity.ALL_PROJECTS)) {
            return List.of();
        }
        return caller.projects().isEmpty() ? List.of(Identity.DEFAULT_PROJECT) : caller.projects();
    }

    private static int pageSize(int asked) {
        if (asked < 0 || asked > MAX_PAGE) {
            throw FailureException.invalid(
                    "page_size",
                    "page_size is "
                            + asked
                            + "; wanted: 1 to "
                            + MAX_PAGE
                            + ", or 0 for "
                            + DEFAULT_PAGE);
        }
        return asked == 0 ? DEFAULT_PAGE : asked;
    }

    private static <A> void answer(StreamObserver<A> answer, Supplier<A> work) {
        A response;
        try {
            response = work.get();
        } catch (RuntimeException failure) {
            answer.onError(failure);
            return;
        }
        answer.onNext(response);
        answer.onCompleted();
    }
}
