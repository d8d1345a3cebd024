/// The artifact store and the model package in it.
@NullMarked
package dev.gyre.artifacts;

import org.jspecify.annotations.NullMarked;
