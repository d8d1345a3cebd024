package dev.gyre.tokenizer.training;

/// What counts as one text of a longer one. No piece spans two texts.
public enum TextUnit {
    /// Each line with its line feed, as the trainers of Hugging Face and SentencePiece read files.
    LINE,
    /// All of it. Pieces may hold several line feeds, which is better for code.
    DOCUMENT
}
