/// Generation: the ONNX graph with its KV cache, continuous batching, sampling, stop texts.
@NullMarked
package dev.gyre.inference.generate;

import org.jspecify.annotations.NullMarked;
