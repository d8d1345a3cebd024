/// Gyre on one machine: the processes, their ports, secrets and state. [Machine] is the table of
/// contents.
@NullMarked
package dev.gyre.cli.machine;

import org.jspecify.annotations.NullMarked;
