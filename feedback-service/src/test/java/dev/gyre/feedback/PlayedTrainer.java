package dev.gyre.feedback;

import dev.gyre.artifacts.ModelVersion;
import dev.gyre.events.EventRecord;
import dev.gyre.events.Topic;
import dev.gyre.proto.training.v1.CandidateProduced;
import dev.gyre.proto.training.v1.Job;
import dev.gyre.proto.training.v1.JobEvent;
import dev.gyre.proto.training.v1.JobRequestEvent;
import dev.gyre.proto.training.v1.JobRequested;
import dev.gyre.proto.training.v1.JobResult;
import dev.gyre.proto.training.v1.JobState;
import dev.gyre.proto.training.v1.JobStateEvent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;

/// Plays trainer-service at the edge of the process: takes requests from Kafka and answers with
/// events. It repeats itself and mixes topics up, as a real one may after a crash.
final class PlayedTrainer {
    private final World world;
    private final Map<String, Double> metrics;
    private final String failing;

    /// One permit for each answer it may give.
    final Semaphore answers = new Semaphore(0);

    /// Requests as they came, without repeats.
    final List<JobRequested> requests = new CopyOnWriteArrayList<>();

    /// @param metrics what its evaluate jobs measure
    /// @param failing end of the request ids whose jobs fail; empty: none
    PlayedTrainer(World world, Map<String, Double> metrics, String failing) {
        this.world = world;
        this.metrics = metrics;
        this.failing = failing;
    }

    /// Starts to answer at once.
    void start() {
        answers.release(1000);
        startHolding();
    }

    /// Starts, and answers only where [#answers] permits it.
    void startHolding() {
        Map<String, JobRequested> seen = new HashMap<>();
        world.consume(Topic.JOB_REQUESTS, record -> take(record, seen));
    }

    private void take(EventRecord record, Map<String, JobRequested> seen) throws Exception {
        JobRequested request = record.parse(JobRequestEvent.parser()).getRequested();
        if (!request.getProject().equals(world.project)) {
            return;
        }
        if (seen.putIfAbsent(request.getRequestId(), request) == null) {
            requests.add(request);
            answers.acquire();
            perform(request);
        }
    }

    private void perform(JobRequested request) throws IOException {
        String jobId = world.project + "-j" + requests.size();
        Job.Builder job =
                Job.newBuilder()
                        .setId(jobId)
                        .setRequestId(request.getRequestId())
                        .setProject(request.getProject())
                        .setSpec(request.getSpec())
                        .setCreateTime(World.now())
                        .setUpdateTime(World.now());
        List<Job> states = new ArrayList<>();
        states.add(job.setState(JobState.JOB_STATE_QUEUED).build());
        states.add(job.setState(JobState.JOB_STATE_RUNNING).setAttempt(1).build());
        if (!failing.isEmpty() && request.getRequestId().endsWith(failing)) {
            states.add(
                    job.setState(JobState.JOB_STATE_FAILED)
                            .setError("the data does not fit")
                            .build());
        } else {
            job.setState(JobState.JOB_STATE_SUCCEEDED).setResult(result(request, jobId));
            states.add(job.build());
            if (request.getSpec().hasDpo()) {
                candidate(request, job.build());
            }
        }
        // whole states may be told again, and an old one after a new one
        states.add(states.getFirst());
        states.add(states.get(2));
        for (Job state : states) {
            world.send(Topic.JOBS, jobId, JobStateEvent.newBuilder().setJobChanged(state).build());
        }
    }

    private JobResult.Builder result(JobRequested request, String jobId) throws IOException {
        JobResult.Builder result = JobResult.newBuilder();
        switch (request.getSpec().getKindCase()) {
            case REWARD ->
                    result.setModel(World.ref(new ModelVersion(world.line + "-reward", jobId)));
            case DPO -> {
                ModelVersion model = new ModelVersion(world.line, jobId + "-1");
                result.setModel(World.ref(model)).setManifestSha256(world.publishPackage(model));
            }
            case EVALUATE -> result.putAllMetrics(metrics);
            case IMPORT_MODEL, PRETRAIN, KIND_NOT_SET ->
                    throw new IllegalStateException("a round asks for no such job: " + request);
        }
        return result;
    }

    private void candidate(JobRequested request, Job job) {
        world.send(
                Topic.JOB_EVENTS,
                job.getId(),
                JobEvent.newBuilder()
                        .setCandidateProduced(
                                CandidateProduced.newBuilder()
                                        .setJobId(job.getId())
                                        .setProject(job.getProject())
                                        .setModel(job.getResult().getModel())
                                        .setParent(request.getSpec().getDpo().getBase())
                                        .setDataset(request.getSpec().getDpo().getDataset())
                                        .setManifestSha256(job.getResult().getManifestSha256())
                                        .setTime(World.now()))
                        .build());
    }
}
