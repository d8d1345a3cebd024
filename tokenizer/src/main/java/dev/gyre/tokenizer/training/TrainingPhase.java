package dev.gyre.tokenizer.training;

/// What a training is doing.
public enum TrainingPhase {
    /// Text is read and its pieces are counted; progress is bytes of text, the total unknown (0).
    READING,
    /// Counts of all threads and of the disk become one; progress is different pieces.
    GATHERING,
    /// Merges are learned; progress is token ids out of those wanted.
    MERGING,
    /// The first, large vocabulary of a Unigram model is found; progress is different words.
    SEEDING,
    /// A Unigram vocabulary is fitted and pruned; progress is pieces that are gone out of those
    /// that have to go.
    PRUNING
}
