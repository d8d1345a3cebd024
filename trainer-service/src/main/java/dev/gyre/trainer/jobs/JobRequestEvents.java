package dev.gyre.trainer.jobs;

import dev.gyre.access.FailureException;
import dev.gyre.events.EventRecord;
import dev.gyre.events.Inbox;
import dev.gyre.events.PoisonedRecordException;
import dev.gyre.proto.training.v1.JobCancellationRequested;
import dev.gyre.proto.training.v1.JobRequestEvent;
import dev.gyre.proto.training.v1.JobRequested;
import java.sql.SQLException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/// Takes requests for jobs from `gyre.training.job-requests.v1`. The job and the mark that the
/// event was seen are one transaction, so an event that comes again changes nothing.
///
/// A request that can be read but not done becomes a failed job, so that the asker hears why. What
/// cannot be read, or contradicts an earlier request, goes to the dead letters.
public final class JobRequestEvents {
    /// Consumer group, and the inbox's name for it.
    public static final String GROUP = "trainer-service.job-requests";

    private final Jdbi database;
    private final Inbox inbox = new Inbox(GROUP);
    private final JobStore jobs;

    public JobRequestEvents(Jdbi database, JobStore jobs) {
        this.database = database;
        this.jobs = jobs;
    }

    /// Does what a record asks for, once.
    ///
    /// @throws PoisonedRecordException when it can never be done
    public void handle(EventRecord record) throws SQLException {
        JobRequestEvent event = record.parse(JobRequestEvent.parser());
        database.useTransaction(
                handle -> {
                    if (!inbox.take(handle.getConnection(), record.id())) {
                        return;
                    }
                    switch (event.getEventCase()) {
                        case REQUESTED -> submit(handle, event.getRequested());
                        case CANCELLATION_REQUESTED ->
                                cancel(handle, event.getCancellationRequested());
                        case EVENT_NOT_SET ->
                                throw new PoisonedRecordException(
                                        "the event has no variant that this service knows");
                    }
                });
    }

    private void submit(Handle handle, JobRequested requested) {
        JobRequest request;
        try {
            RequestChecks.size(requested.getSpec());
            request =
                    new JobRequest(
                            RequestChecks.requestId(requested.getRequestId()),
                            RequestChecks.project(requested.getProject()),
                            SpecificationMessages.fromMessage(requested.getSpec()),
                            subject(requested.getRequestedBy()));
        } catch (IllegalArgumentException unreadable) {
            throw new PoisonedRecordException(String.valueOf(unreadable.getMessage()), unreadable);
        }
        try {
            jobs.submit(handle, request, whyNot(requested));
        } catch (FailureException conflict) {
            throw new PoisonedRecordException(String.valueOf(conflict.getMessage()), conflict);
        }
    }

    private static @Nullable String whyNot(JobRequested requested) {
        try {
            SpecificationChecks.check(requested.getSpec());
            return null;
        } catch (IllegalArgumentException wrong) {
            return wrong.getMessage();
        }
    }

    private static String subject(String requestedBy) {
        if (requestedBy.isBlank() || requestedBy.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    "requested_by is '" + requestedBy + "'; wanted: the verified subject who asks");
        }
        return requestedBy;
    }

    private void cancel(Handle handle, JobCancellationRequested requested) {
        Job job =
                jobs.findByRequest(handle, requested.getRequestId())
                        .orElseThrow(
                                () ->
                                        new PoisonedRecordException(
                                                "request '"
                                                        + requested.getRequestId()
                                                        + "' made no job, so there is none to"
                                                        + " cancel"));
        jobs.change(handle, job.id(), new JobCommand.Cancel());
    }
}
