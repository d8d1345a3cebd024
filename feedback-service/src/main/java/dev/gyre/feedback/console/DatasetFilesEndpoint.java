package dev.gyre.feedback.console;

import com.google.protobuf.ByteString;
import dev.gyre.access.Identity;
import dev.gyre.feedback.datasets.DatasetsEndpoint;
import dev.gyre.feedback.signin.Caller;
import dev.gyre.proto.feedback.v1.ExportDatasetRequest;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;

/// Data sets as files.
@Path("/console/datasets")
public final class DatasetFilesEndpoint {
    private final DatasetsEndpoint datasets;
    private final Caller caller;

    DatasetFilesEndpoint(DatasetsEndpoint datasets, Caller caller) {
        this.datasets = datasets;
        this.caller = caller;
    }

    /// A data set as TRL's preference JSON lines; for operators of its project.
    ///
    /// @param holdout whether the hold-out pairs are wanted in place of the training pairs
    @GET
    @Path("/{id}.jsonl")
    @Produces("application/jsonl")
    @RunOnVirtualThread
    public byte[] lines(@PathParam("id") String id, @QueryParam("holdout") boolean holdout) {
        Identity reader = caller.identity();
        ByteString.Output file = ByteString.newOutput();
        datasets.export(
                ExportDatasetRequest.newBuilder().setDatasetId(id).setHoldout(holdout).build(),
                reader,
                part -> {
                    byte[] lines = part.getJsonLinesBytes().toByteArray();
                    file.write(lines, 0, lines.length);
                });
        return file.toByteString().toByteArray();
    }
}
