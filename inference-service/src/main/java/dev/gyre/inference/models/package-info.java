/// Models: which versions are released, loading them beside the running ones, telling what is
/// loaded.
@NullMarked
package dev.gyre.inference.models;

import org.jspecify.annotations.NullMarked;
