package dev.gyre.tokenizer.training;

import dev.gyre.tokenizer.Tokenizer;

/// What comes out of a training.
///
/// @param tokenizer ready for use, and for being written as tokenizer.json
/// @param report what was seen and done
public record TrainedTokenizer(Tokenizer tokenizer, TrainingReport report) {}
