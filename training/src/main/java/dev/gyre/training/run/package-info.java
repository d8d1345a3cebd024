/// One attempt of a job: its metric file, its checkpoints, what it reports, and when it must stop.
@NullMarked
package dev.gyre.training.run;

import org.jspecify.annotations.NullMarked;
