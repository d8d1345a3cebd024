/// The engine: a Llama-family model, AdamW and the tensor files, on libtorch.
///
/// Every tensor made here belongs to the `PointerScope` that is open when it is made, unless the
/// method says that it is kept. A trainer opens one scope per step, so that memory stays flat.
@NullMarked
package dev.gyre.training.engine;

import org.jspecify.annotations.NullMarked;
