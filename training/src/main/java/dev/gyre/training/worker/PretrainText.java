package dev.gyre.training.worker;

import dev.gyre.artifacts.shards.TokenShards;
import dev.gyre.training.text.HeldOutText;
import dev.gyre.training.text.TokenStream;
import dev.gyre.training.wordnet.WordNetText;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a model is trained on and measured on: made by [TextPreparation] or [CorpusPreparation].
///
/// @param tokenizer what made the tokens
/// @param stream the documents to train on
/// @param documents ids of the same documents, without the end of text
/// @param holdout documents never trained on, with the lowest hashes or in the text's order; at
///   least one
/// @param holdoutIds the same as ids, without the end of text
/// @param wordNet the text made out of WordNet where that is it, else null
/// @param shards what the stream is read from, closed with this; null where it is in memory
record PretrainText(
        TextTokenizer tokenizer,
        TokenStream stream,
        Iterable<int[]> documents,
        List<String> holdout,
        List<int[]> holdoutIds,
        @Nullable WordNetText wordNet,
        @Nullable TokenShards shards)
        implements AutoCloseable {
    /// Tokens of held-out text that the final figures are measured on at most.
    static final int FINAL_TOKENS = 200_000;

    /// The held-out part.
    ///
    /// @param mostTokens documents beyond are left out
    HeldOutText heldOut(int mostTokens) {
        return HeldOutText.of(holdout, holdoutIds, tokenizer.endOfText(), mostTokens);
    }

    @Override
    public void close() {
        if (shards != null) {
            shards.close();
        }
    }
}
