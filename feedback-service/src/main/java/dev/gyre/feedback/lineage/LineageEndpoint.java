package dev.gyre.feedback.lineage;

import dev.gyre.access.Identity;
import dev.gyre.artifacts.ModelVersion;
import dev.gyre.feedback.platform.Names;
import dev.gyre.proto.feedback.v1.GetCompletionLineageRequest;
import dev.gyre.proto.feedback.v1.GetCompletionLineageResponse;
import dev.gyre.proto.feedback.v1.GetRatingLineageRequest;
import dev.gyre.proto.feedback.v1.GetRatingLineageResponse;
import dev.gyre.proto.feedback.v1.ModelLineage;
import dev.gyre.proto.training.v1.ModelRef;
import jakarta.inject.Singleton;

/// The rpc of lineage.
@Singleton
public final class LineageEndpoint {
    private final Lineage lineage;

    /// @param lineage answers
    public LineageEndpoint(Lineage lineage) {
        this.lineage = lineage;
    }

    /// Where an answer comes from; for everybody of its project.
    public GetCompletionLineageResponse ofCompletion(
            GetCompletionLineageRequest request, Identity caller) {
        AnswerLineage found =
                lineage.ofCompletion(Names.id("completion_id", request.getCompletionId()), caller);
        GetCompletionLineageResponse.Builder response =
                GetCompletionLineageResponse.newBuilder().addAllRatingIds(found.ratingIds());
        found.models().forEach(model -> response.addModels(message(model)));
        return response.build();
    }

    /// Where a rating went; for everybody of its project.
    public GetRatingLineageResponse ofRating(GetRatingLineageRequest request, Identity caller) {
        RatingLineage found =
                lineage.ofRating(Names.id("rating_id", request.getRatingId()), caller);
        GetRatingLineageResponse.Builder response =
                GetRatingLineageResponse.newBuilder()
                        .addAllDatasetIds(found.datasetIds())
                        .addAllCompletionIds(found.completionIds());
        found.models().forEach(model -> response.addModels(message(model)));
        return response.build();
    }

    private static ModelLineage message(ModelOrigin origin) {
        ModelLineage.Builder message =
                ModelLineage.newBuilder()
                        .setModel(ref(origin.model()))
                        .setDatasetId(origin.datasetId())
                        .setJobId(origin.jobId())
                        .addAllRatingIds(origin.ratingIds());
        ModelVersion parent = origin.parent();
        if (parent != null) {
            message.setParent(ref(parent));
        }
        return message.build();
    }

    private static ModelRef ref(ModelVersion model) {
        return ModelRef.newBuilder().setName(model.name()).setVersion(model.version()).build();
    }
}
