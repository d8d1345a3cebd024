/// WordPiece, the vocabulary of BERT.
@NullMarked
package dev.gyre.tokenizer.wordpiece;

import org.jspecify.annotations.NullMarked;
