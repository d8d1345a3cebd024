package dev.gyre.training.worker;

import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.formats.TokenizerFolder;

/// The tokenizer that a text became tokens with.
///
/// @param tokenizer the tokenizer
/// @param file the file that holds it whole, as it goes into the package
/// @param end text of the token behind each document
/// @param endOfText id of that token
record TextTokenizer(
        Tokenizer tokenizer, TokenizerFolder.Content file, String end, int endOfText) {}
