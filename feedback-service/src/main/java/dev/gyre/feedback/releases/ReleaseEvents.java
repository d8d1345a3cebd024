package dev.gyre.feedback.releases;

import dev.gyre.events.Event;
import dev.gyre.events.Topic;
import dev.gyre.feedback.platform.Outgoing;
import dev.gyre.proto.releases.v1.ReleaseEvent;
import org.jdbi.v3.core.Handle;

/// Tells of release lines: the whole line after each change.
final class ReleaseEvents {
    private ReleaseEvents() {}

    static void changed(Handle transaction, ReleaseLine line) {
        String key = line.project() + "/" + line.name();
        Outgoing.append(
                transaction,
                Topic.RELEASES,
                Event.of(
                        "release/" + key + "/" + line.epoch(),
                        key,
                        ReleaseEvent.newBuilder()
                                .setLineChanged(ReleasesEndpoint.message(line))
                                .build(),
                        line.updateTime()));
    }
}
