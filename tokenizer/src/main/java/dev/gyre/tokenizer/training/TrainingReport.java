package dev.gyre.tokenizer.training;

/// What a training saw and did.
///
/// @param textBytes bytes of text in UTF-8; texts that count several times are told once
/// @param differentPieces different pieces of the text, those left out included
/// @param learned merges of a BPE or WordPiece vocabulary, pieces of a Unigram one
/// @param droppedPieces different pieces that were left out because memory was too short to learn
///   from them; 0 means that the vocabulary is exact
/// @param droppedOccurrences how often these occur in all
/// @param leastCount pieces that occur less often were left out; 1 if none was
/// @param spilledBytes bytes that went to disk
public record TrainingReport(
        long textBytes,
        long differentPieces,
        int learned,
        long droppedPieces,
        long droppedOccurrences,
        long leastCount,
        long spilledBytes) {}
