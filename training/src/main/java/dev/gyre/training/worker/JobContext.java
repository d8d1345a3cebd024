package dev.gyre.training.worker;

import dev.gyre.artifacts.ArtifactStore;
import dev.gyre.artifacts.Manifest;
import dev.gyre.artifacts.ModelPackages;
import dev.gyre.artifacts.ModelVersion;
import dev.gyre.model.HuggingFaceFolder;
import dev.gyre.training.run.TrainingRun;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// What a task has to work with.
///
/// @param store the artifact store
/// @param packages the model packages in it
/// @param location folder of the artifact store
/// @param project that owns the job; empty: none was named
/// @param folder of this attempt, `jobs/<id>/<attempt>`
/// @param jobId job id
/// @param attempt number of this attempt, from 1
/// @param threads for compute
/// @param run takes metrics, checkpoints and progress
record JobContext(
        ArtifactStore store,
        ModelPackages packages,
        Path location,
        String project,
        Path folder,
        String jobId,
        int attempt,
        int threads,
        TrainingRun run) {

    /// Path in the store of a file of this attempt.
    String path(String file) {
        return "jobs/" + jobId + "/" + attempt + "/" + file;
    }

    /// Version of the package that this attempt may write.
    String version() {
        return jobId + "-" + attempt;
    }

    /// A verified local copy of a model.
    ///
    /// @throws IllegalArgumentException when it is not in the store
    HuggingFaceFolder fetch(ModelVersion model) throws IOException {
        try {
            return new HuggingFaceFolder(packages.fetch(model));
        } catch (NoSuchFileException missing) {
            throw new IllegalArgumentException(
                    "there is no model " + model + " in the artifact store", missing);
        }
    }

    Manifest manifest(ModelVersion model) throws IOException {
        return packages.manifest(model);
    }
}
