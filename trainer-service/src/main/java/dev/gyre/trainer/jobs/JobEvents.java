package dev.gyre.trainer.jobs;

import com.google.protobuf.Message;
import dev.gyre.events.Event;
import dev.gyre.events.Outbox;
import dev.gyre.events.ProtoTime;
import dev.gyre.events.Topic;
import dev.gyre.proto.training.v1.JobProgressed;
import dev.gyre.proto.training.v1.JobStateEvent;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;

/// What jobs tell the world, through the outbox: it leaves exactly when the change is committed.
final class JobEvents {
    private JobEvents() {}

    /// Puts an event beside the change that `transaction` holds.
    static void append(Connection transaction, JobEvent event) {
        switch (event) {
            case JobEvent.Changed(Job job) ->
                    append(
                            transaction,
                            Topic.JOBS,
                            job,
                            JobStateEvent.newBuilder()
                                    .setJobChanged(JobMessages.toMessage(job))
                                    .build());
            case JobEvent.Progressed(Job job, Progress progress) ->
                    append(
                            transaction,
                            Topic.JOB_EVENTS,
                            job,
                            dev.gyre.proto.training.v1.JobEvent.newBuilder()
                                    .setProgressed(
                                            JobProgressed.newBuilder()
                                                    .setJobId(job.id())
                                                    .setAttempt(job.attempt())
                                                    .setProgress(JobMessages.toMessage(progress))
                                                    .setTime(ProtoTime.of(job.updateTime())))
                                    .build());
            case JobEvent.CandidateProduced(Job job, JobOutcome outcome) ->
                    append(
                            transaction,
                            Topic.JOB_EVENTS,
                            job,
                            dev.gyre.proto.training.v1.JobEvent.newBuilder()
                                    .setCandidateProduced(JobMessages.candidate(job, outcome))
                                    .build());
        }
    }

    private static void append(Connection transaction, Topic topic, Job job, Message message) {
        var event = Event.of(UUID.randomUUID().toString(), job.id(), message, job.updateTime());
        try {
            Outbox.append(transaction, topic, event);
        } catch (SQLException failure) {
            throw new IllegalStateException(
                    "cannot write an event of job " + job.id() + " to the outbox", failure);
        }
    }
}
