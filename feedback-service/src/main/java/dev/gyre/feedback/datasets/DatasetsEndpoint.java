package dev.gyre.feedback.datasets;

import dev.gyre.access.FailureException;
import dev.gyre.access.Identity;
import dev.gyre.access.Role;
import dev.gyre.events.ProtoTime;
import dev.gyre.proto.feedback.v1.ExportDatasetRequest;
import dev.gyre.proto.feedback.v1.ExportDatasetResponse;
import dev.gyre.proto.feedback.v1.ListDatasetsRequest;
import dev.gyre.proto.feedback.v1.ListDatasetsResponse;
import dev.gyre.proto.training.v1.ModelRef;
import jakarta.inject.Singleton;
import java.util.function.Consumer;

/// The rpc of data sets.
@Singleton
public final class DatasetsEndpoint {
    private final Datasets datasets;

    /// @param datasets the data sets
    public DatasetsEndpoint(Datasets datasets) {
        this.datasets = datasets;
    }

    /// Lists data sets; for everybody of the project.
    public ListDatasetsResponse list(ListDatasetsRequest request, Identity caller) {
        ListDatasetsResponse.Builder response = ListDatasetsResponse.newBuilder();
        datasets.list(caller.project(request.getProject()))
                .forEach(dataset -> response.addDatasets(message(dataset)));
        return response.build();
    }

    /// Exports a data set; for operators of its project: it holds what people asked and got.
    public void export(
            ExportDatasetRequest request, Identity caller, Consumer<ExportDatasetResponse> parts) {
        caller.checkRole(Role.OPERATOR, Role.SERVICE);
        Dataset dataset = datasets.get(request.getDatasetId());
        if (!caller.mayUse(dataset.project())) {
            throw FailureException.notFound("there is no data set " + request.getDatasetId());
        }
        datasets.export(
                dataset,
                request.getHoldout(),
                lines ->
                        parts.accept(
                                ExportDatasetResponse.newBuilder().setJsonLines(lines).build()));
    }

    /// A data set as a message.
    public static dev.gyre.proto.feedback.v1.Dataset message(Dataset dataset) {
        return dev.gyre.proto.feedback.v1.Dataset.newBuilder()
                .setId(dataset.id())
                .setProject(dataset.project())
                .setReleaseLine(dataset.releaseLine())
                .setSha256(dataset.sha256())
                .setTrainingPairs(dataset.trainingPairs())
                .setHoldoutPairs(dataset.holdoutPairs())
                .setModel(
                        ModelRef.newBuilder()
                                .setName(dataset.model().name())
                                .setVersion(dataset.model().version()))
                .setCreateTime(ProtoTime.of(dataset.createTime()))
                .build();
    }
}
