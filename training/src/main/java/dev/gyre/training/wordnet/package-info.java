/// English text made out of WordNet 3.1, for a model trained from scratch with nothing but Maven.
@NullMarked
package dev.gyre.training.wordnet;

import org.jspecify.annotations.NullMarked;
