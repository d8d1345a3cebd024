package dev.gyre.feedback.datasets;

import dev.gyre.events.Event;
import dev.gyre.events.Topic;
import dev.gyre.feedback.platform.Outgoing;
import dev.gyre.proto.feedback.v1.DatasetEvent;
import dev.gyre.proto.feedback.v1.DatasetSealed;
import org.jdbi.v3.core.Handle;

/// Tells of sealed data sets.
final class DatasetEvents {
    private DatasetEvents() {}

    static void sealed(Handle transaction, Dataset dataset) {
        Outgoing.append(
                transaction,
                Topic.DATASETS,
                Event.of(
                        "dataset/" + dataset.id(),
                        dataset.id(),
                        DatasetEvent.newBuilder()
                                .setSealed(
                                        DatasetSealed.newBuilder()
                                                .setDataset(DatasetsEndpoint.message(dataset)))
                                .build(),
                        dataset.createTime()));
    }
}
