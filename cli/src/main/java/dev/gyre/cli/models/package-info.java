/// The first model of a fresh installation.
@NullMarked
package dev.gyre.cli.models;

import org.jspecify.annotations.NullMarked;
