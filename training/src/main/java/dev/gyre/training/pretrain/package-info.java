/// Training a model from random weights.
@NullMarked
package dev.gyre.training.pretrain;

import org.jspecify.annotations.NullMarked;
