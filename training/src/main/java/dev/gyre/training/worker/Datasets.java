package dev.gyre.training.worker;

import dev.gyre.artifacts.ArtifactStore;
import dev.gyre.artifacts.Sha256;
import dev.gyre.model.ModelConfig;
import dev.gyre.proto.training.v1.DatasetRef;
import dev.gyre.training.preference.PreferenceFile;
import dev.gyre.training.preference.PreferencePair;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Sealed data sets in the artifact store, `datasets/<id>/`.
final class Datasets {
    private static final String TRAIN = "train.jsonl";
    private static final String HOLDOUT = "holdout.jsonl";

    private final ArtifactStore store;

    Datasets(ArtifactStore store) {
        this.store = store;
    }

    /// The pairs of a data set.
    record Pairs(List<PreferencePair> train, List<PreferencePair> holdout) {}

    /// Reads a data set whose files hash to what the reference says: SHA-256 over the lines
    /// `<sha256> <file>` of holdout.jsonl and train.jsonl, as `sha256sum` prints them.
    ///
    /// @param config of the model that is to read the ids
    /// @throws IllegalArgumentException when it is missing, another one, or a row does not fit
    Pairs read(DatasetRef dataset, ModelConfig config) throws IOException {
        byte[] holdout = bytes(dataset, HOLDOUT);
        byte[] train = bytes(dataset, TRAIN);
        String list =
                String.format(
                        "%s  %s\n%s  %s\n", Sha256.of(holdout), HOLDOUT, Sha256.of(train), TRAIN);
        String sha256 = Sha256.of(list.getBytes(StandardCharsets.UTF_8));
        if (!sha256.equals(dataset.getSha256())) {
            throw new IllegalArgumentException(
                    String.format(
                            "data set %s hashes to %s, the request says '%s'; ask for the data set"
                                    + " as it was sealed",
                            dataset.getId(), sha256, dataset.getSha256()));
        }
        return new Pairs(
                pairs(train, dataset, TRAIN, config), pairs(holdout, dataset, HOLDOUT, config));
    }

    private static List<PreferencePair> pairs(
            byte[] content, DatasetRef dataset, String file, ModelConfig config)
            throws IOException {
        return PreferenceFile.read(
                new ByteArrayInputStream(content),
                dataset.getId() + "/" + file,
                config.vocabularySize(),
                config.contextLength());
    }

    private byte[] bytes(DatasetRef dataset, String file) throws IOException {
        String path = ArtifactStore.checkPath("datasets/" + dataset.getId() + "/" + file);
        if (!store.exists(path)) {
            throw new IllegalArgumentException(
                    "there is no " + path + " in the artifact store; seal the data set first");
        }
        try (InputStream in = store.read(path)) {
            return in.readAllBytes();
        }
    }
}
