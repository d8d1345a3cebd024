package dev.gyre.tokenizer.bpe;

import dev.gyre.tokenizer.pipeline.Model;
import java.util.List;
import java.util.Map;

/// The tokens of a BPE vocabulary and the merges that make them, as they are given.
sealed interface BpeTokens extends Model.Tokens permits ListedTokens, RankedTokens {
    /// Id of each token.
    Map<String, Integer> vocabulary();

    /// Pairs of tokens, the first goes first.
    List<BpeModel.Merge> merges();

    /// The same merges by ids.
    MergeTable mergeTable();
}
