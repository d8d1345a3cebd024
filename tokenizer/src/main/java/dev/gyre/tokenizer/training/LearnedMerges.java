package dev.gyre.tokenizer.training;

import dev.gyre.tokenizer.bpe.BpeModel.Merge;
import java.util.List;
import java.util.Map;

/// A vocabulary made by merging.
///
/// @param vocabulary id of each token
/// @param merges pairs of tokens, the first goes first
/// @param kept the pieces that they were learned from
record LearnedMerges(Map<String, Integer> vocabulary, List<Merge> merges, PieceBudget.Kept kept) {}
