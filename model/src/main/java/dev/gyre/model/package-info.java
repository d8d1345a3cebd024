/// The model itself, as data: its architecture record, its weight files (safetensors, GGUF, Hugging
/// Face folders), its ONNX graph, and a plain forward pass to hold that graph against.
///
/// Weights carry Hugging Face's names everywhere. Every file is untrusted input: sizes, offsets and
/// counts are checked before memory is taken for them, and what is not supported is refused by name
/// with an [IllegalArgumentException].
@NullMarked
package dev.gyre.model;

import org.jspecify.annotations.NullMarked;
