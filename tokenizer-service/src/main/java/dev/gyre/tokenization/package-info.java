/// tokenizer-service: the tokenizers of the artifact store over gRPC and HTTP, and training of new
/// ones.
@NullMarked
package dev.gyre.tokenization;

import org.jspecify.annotations.NullMarked;
