package dev.gyre.inference.models;

import dev.gyre.events.Event;
import dev.gyre.events.EventPublisher;
import dev.gyre.events.ProtoTime;
import dev.gyre.events.Topic;
import dev.gyre.proto.inference.v1.LoadState;
import dev.gyre.proto.inference.v1.LoadedVersion;
import dev.gyre.proto.inference.v1.ReplicaEvent;
import dev.gyre.proto.inference.v1.ReplicaState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/// Writes `gyre.inference.replicas.v1`: the whole state of this replica after each change.
///
/// Changes that come while one is being sent are told by their last state only. A state that Kafka
/// does not take is tried again until it does or a newer one replaces it.
public final class ReplicaEvents implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(ReplicaEvents.class);
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final EventPublisher publisher;
    private final String replica;
    private final Clock clock;
    private final Thread thread;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition change = lock.newCondition();
    private @Nullable List<VersionState> latest; // guarded by lock; null: nothing to tell
    private boolean closing; // guarded by lock

    /// Starts telling the states of `models`.
    ///
    /// @param replica name of this replica, stable over restarts
    public ReplicaEvents(EventPublisher publisher, String replica, Models models, Clock clock) {
        this.publisher = publisher;
        this.replica = replica;
        this.clock = clock;
        thread = Thread.ofVirtual().name("replica-events").start(this::run);
        models.listen(this::tell);
    }

    private void tell(List<VersionState> states) {
        lock.lock();
        try {
            latest = states;
            change.signal();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        List<VersionState> told = null;
        while (true) {
            List<VersionState> states = next();
            if (states == null) {
                return;
            }
            if (!states.equals(told)) {
                if (publish(states)) {
                    told = states;
                } else {
                    again(states);
                }
            }
        }
    }

    /// Waits for a state to tell; null when this is closed and nothing is left.
    private @Nullable List<VersionState> next() {
        lock.lock();
        try {
            while (latest == null) {
                if (closing) {
                    return null;
                }
                change.awaitUninterruptibly();
            }
            List<VersionState> states = latest;
            latest = null;
            return states;
        } finally {
            lock.unlock();
        }
    }

    private void again(List<VersionState> states) {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        lock.lock();
        try {
            if (latest == null && !closing) {
                latest = states;
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean publish(List<VersionState> states) {
        try {
            Instant now = clock.instant();
            publisher.publish(
                    Topic.REPLICAS,
                    Event.of(UUID.randomUUID().toString(), replica, event(states, now), now),
                    LIMIT);
            return true;
        } catch (RuntimeException e) {
            LOG.warnf("the state of this replica is not told yet: %s", e.getMessage());
            return false;
        }
    }

    private ReplicaEvent event(List<VersionState> states, Instant now) {
        ReplicaState.Builder state =
                ReplicaState.newBuilder().setReplica(replica).setTime(ProtoTime.of(now));
        for (VersionState version : states) {
            state.addVersions(
                    LoadedVersion.newBuilder()
                            .setProject(version.line().project())
                            .setReleaseLine(version.line().line())
                            .setReleaseEpoch(version.releaseEpoch())
                            .setModelName(version.version().name())
                            .setModelVersion(version.version().version())
                            .setState(loadState(version.load()))
                            .setReason(version.reason()));
        }
        return ReplicaEvent.newBuilder().setReplicaChanged(state).build();
    }

    private static LoadState loadState(VersionState.Load load) {
        return switch (load) {
            case LOADING -> LoadState.LOAD_STATE_LOADING;
            case WARM -> LoadState.LOAD_STATE_WARM;
            case DRAINING -> LoadState.LOAD_STATE_DRAINING;
            case FAILED -> LoadState.LOAD_STATE_FAILED;
        };
    }

    /// Tells that nothing is loaded here any more, and stops.
    @Override
    public void close() {
        tell(List.of());
        lock.lock();
        try {
            closing = true;
            change.signal();
        } finally {
            lock.unlock();
        }
        try {
            thread.join(LIMIT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
