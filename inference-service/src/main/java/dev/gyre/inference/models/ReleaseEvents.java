package dev.gyre.inference.models;

import dev.gyre.artifacts.ModelVersion;
import dev.gyre.events.EventRecord;
import dev.gyre.events.PoisonedRecordException;
import dev.gyre.proto.releases.v1.ReleaseEvent;
import dev.gyre.proto.releases.v1.ReleaseLine;
import dev.gyre.proto.training.v1.ModelRef;
import java.util.HashSet;
import java.util.Set;

/// Reads `gyre.models.releases.v1`: the whole state of every release line, from the beginning of
/// the topic at each start.
public final class ReleaseEvents {
    private final Models models;

    public ReleaseEvents(Models models) {
        this.models = models;
    }

    /// Takes in the state of a line.
    ///
    /// @throws PoisonedRecordException when it is not the state of a line
    public void handle(EventRecord record) {
        ReleaseEvent event = record.parse(ReleaseEvent.parser());
        switch (event.getEventCase()) {
            case LINE_CHANGED -> models.release(release(event.getLineChanged()));
            case EVENT_NOT_SET ->
                    throw new PoisonedRecordException(
                            "the event has no variant that this service knows");
        }
    }

    private static Release release(ReleaseLine line) {
        if (line.getProject().isBlank() || line.getName().isBlank() || line.getEpoch() < 1) {
            throw new PoisonedRecordException(
                    "a release line needs a project, a name and an epoch above 0, has '"
                            + line.getProject()
                            + "', '"
                            + line.getName()
                            + "' and "
                            + line.getEpoch());
        }
        Set<ModelVersion> others = new HashSet<>();
        if (line.hasPrevious()) {
            others.add(version(line.getPrevious()));
        }
        if (line.hasCanary()) {
            others.add(version(line.getCanary()));
        }
        return new Release(
                line.getProject(),
                line.getName(),
                line.getEpoch(),
                line.hasPromoted() ? version(line.getPromoted()) : null,
                line.getManifestSha256(),
                others);
    }

    private static ModelVersion version(ModelRef reference) {
        try {
            return new ModelVersion(reference.getName(), reference.getVersion());
        } catch (IllegalArgumentException e) {
            throw new PoisonedRecordException(String.valueOf(e.getMessage()), e);
        }
    }
}
