/// SentencePiece's own vocabularies and their exact ways.
@NullMarked
package dev.gyre.tokenizer.sentencepiece;

import org.jspecify.annotations.NullMarked;
