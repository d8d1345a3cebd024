package dev.gyre.inference.completions;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.gyre.events.Event;
import dev.gyre.events.EventPublisher;
import dev.gyre.events.ProtoTime;
import dev.gyre.events.Topic;
import dev.gyre.proto.inference.v1.CompletionEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jboss.logging.Logger;

/// Sends what the spool keeps to `gyre.inference.completions.v1`, in order, until Kafka has it.
///
/// The completion's id is the event's id: a batch sent again after a crash changes nothing.
final class CompletionSender implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(CompletionSender.class);
    private static final long BATCH_BYTES = 1 << 20;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final Spool spool;
    private final EventPublisher publisher;
    private final Duration limit;
    private final Thread thread;

    /// @param limit how long to wait for Kafka before a batch is tried again
    CompletionSender(Spool spool, EventPublisher publisher, Duration limit) {
        this.spool = spool;
        this.publisher = publisher;
        this.limit = limit;
        thread = Thread.ofVirtual().name("completion-sender").start(this::run);
    }

    private void run() {
        Duration pause = FIRST_PAUSE;
        while (true) {
            Spool.Batch batch = spool.next(BATCH_BYTES);
            if (batch == null) {
                return;
            }
            try {
                publisher.publishAll(events(batch), limit);
                spool.taken(batch);
                pause = FIRST_PAUSE;
            } catch (RuntimeException e) {
                LOG.warnf(
                        "%d completions stay in the spool for now: %s",
                        batch.payloads().size(), e.getMessage());
                if (!pause(pause)) {
                    return;
                }
                Duration longer = pause.multipliedBy(2);
                pause = longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
            }
        }
    }

    private static List<EventPublisher.Outgoing> events(Spool.Batch batch) {
        List<EventPublisher.Outgoing> events = new ArrayList<>();
        for (byte[] payload : batch.payloads()) {
            CompletionEvent event;
            try {
                event = CompletionEvent.parseFrom(payload);
            } catch (InvalidProtocolBufferException e) {
                // its checksum was right: this code wrote it
                throw new IllegalStateException("the spool holds no completion event", e);
            }
            String id = event.getFinished().getCompletionId();
            Instant time = ProtoTime.instant(event.getFinished().getFinishTime());
            events.add(
                    new EventPublisher.Outgoing(
                            Topic.COMPLETIONS, Event.of(id, id, event, time), null));
        }
        return events;
    }

    private static boolean pause(Duration pause) {
        try {
            Thread.sleep(pause);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    /// Gives Kafka a last chance to take what is left, then stops; the rest stays in the spool.
    @Override
    public void close() {
        Instant deadline = Instant.now().plus(limit.dividedBy(2));
        while (spool.bytes() > 0 && Instant.now().isBefore(deadline) && pause(FIRST_PAUSE)) {
            // the sender's thread is at work
        }
        thread.interrupt();
        spool.close();
        try {
            thread.join(limit);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
