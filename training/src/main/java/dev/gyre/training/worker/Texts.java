package dev.gyre.training.worker;

import dev.gyre.artifacts.ArtifactStore;
import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.training.text.HeldOutText;
import dev.gyre.training.wordnet.WordNetText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Plain text to train on and to measure on: made out of WordNet, or a UTF-8 file under `texts/` of
/// the artifact store, in which a line is a document.
final class Texts {
    /// Largest text file, in bytes: 256 MiB.
    private static final long MAX_BYTES = 256L << 20;

    /// One line in so many of a file is held out.
    private static final int HOLDOUT_ONE_IN = 20;

    private Texts() {}

    /// Documents to train on, and documents never trained on.
    record Split(List<String> train, List<String> holdout) {}

    /// @param name a path relative to `texts/`
    /// @param wordNet the text made out of WordNet when that is the name, else null
    static Split read(ArtifactStore store, String name, @Nullable WordNetText wordNet)
            throws IOException {
        if (wordNet != null) {
            return new Split(wordNet.trainDocuments(), wordNet.holdoutDocuments());
        }
        String path = ArtifactStore.checkPath("texts/" + name);
        if (!store.exists(path)) {
            throw new IllegalArgumentException(
                    "there is no " + path + " in the artifact store; put the text there");
        }
        if (store.size(path) > MAX_BYTES) {
            throw new IllegalArgumentException(
                    path + " has " + store.size(path) + " bytes, the limit is " + MAX_BYTES);
        }
        try (InputStream in = store.read(path)) {
            return split(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    /// Every twentieth line that is not empty is held out, unless the same line is trained on.
    private static Split split(String text) {
        List<String> lines = text.lines().filter(line -> !line.isBlank()).distinct().toList();
        List<String> train = new ArrayList<>();
        List<String> holdout = new ArrayList<>();
        for (int line = 0; line < lines.size(); line++) {
            boolean heldOut = line % HOLDOUT_ONE_IN == HOLDOUT_ONE_IN - 1;
            (heldOut ? holdout : train).add(lines.get(line));
        }
        if (holdout.isEmpty()) {
            throw new IllegalArgumentException(
                    "the text has "
                            + lines.size()
                            + " different lines, at least "
                            + HOLDOUT_ONE_IN
                            + " are needed, of which one is held out");
        }
        return new Split(train, holdout);
    }

    static List<int[]> encode(Tokenizer tokenizer, List<String> documents) {
        return documents.stream().map(tokenizer::encode).toList();
    }

    /// The held-out part as a model's tokens.
    ///
    /// @param mostTokens documents beyond are left out
    static HeldOutText heldOut(
            List<String> documents, Tokenizer tokenizer, int endOfText, int mostTokens) {
        return HeldOutText.of(documents, encode(tokenizer, documents), endOfText, mostTokens);
    }
}
