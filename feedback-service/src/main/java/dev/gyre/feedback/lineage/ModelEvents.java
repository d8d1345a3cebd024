package dev.gyre.feedback.lineage;

import dev.gyre.artifacts.ModelVersion;
import dev.gyre.events.EventRecord;
import dev.gyre.events.PoisonedRecordException;
import dev.gyre.events.ProtoTime;
import dev.gyre.feedback.platform.Effect;
import dev.gyre.proto.training.v1.DatasetRef;
import dev.gyre.proto.training.v1.Job;
import dev.gyre.proto.training.v1.JobState;
import dev.gyre.proto.training.v1.JobStateEvent;
import dev.gyre.proto.training.v1.ModelRef;
import jakarta.inject.Singleton;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Notes from the states of jobs which version was made of what.
@Singleton
public final class ModelEvents implements Effect {
    @Override
    public void apply(Handle transaction, EventRecord record) {
        JobStateEvent event = record.parse(JobStateEvent.parser());
        if (!event.hasJobChanged()) {
            throw new PoisonedRecordException(
                    "the job state event is of a kind that this version does not know");
        }
        Job job = event.getJobChanged();
        if (job.getState() == JobState.JOB_STATE_SUCCEEDED && job.getResult().hasModel()) {
            note(transaction, job);
        }
    }

    private static void note(Handle transaction, Job job) {
        ModelVersion model = model(job.getResult().getModel());
        ModelVersion parent = parent(job);
        transaction
                .createUpdate(
                        "insert into model_version values (:name, :version, :project, :parentName,"
                                + " :parentVersion, :dataset, :job, :time) on conflict do nothing")
                .bind("name", model.name())
                .bind("version", model.version())
                .bind("project", job.getProject())
                .bind("parentName", parent == null ? null : parent.name())
                .bind("parentVersion", parent == null ? null : parent.version())
                .bind("dataset", dataset(job))
                .bind("job", job.getId())
                .bind("time", ProtoTime.instant(job.getUpdateTime()))
                .execute();
    }

    private static @Nullable ModelVersion parent(Job job) {
        return switch (job.getSpec().getKindCase()) {
            case REWARD -> model(job.getSpec().getReward().getBase());
            case DPO -> model(job.getSpec().getDpo().getBase());
            case IMPORT_MODEL, PRETRAIN, EVALUATE, KIND_NOT_SET -> null;
        };
    }

    private static @Nullable String dataset(Job job) {
        return switch (job.getSpec().getKindCase()) {
            case REWARD -> id(job.getSpec().getReward().getDataset());
            case DPO -> id(job.getSpec().getDpo().getDataset());
            case IMPORT_MODEL, PRETRAIN, EVALUATE, KIND_NOT_SET -> null;
        };
    }

    private static String id(DatasetRef dataset) {
        return dataset.getId();
    }

    private static ModelVersion model(ModelRef model) {
        return new ModelVersion(model.getName(), model.getVersion());
    }
}
