/// The worker: one process per attempt of a job. Reads its request, trains or measures, writes the
/// result.
@NullMarked
package dev.gyre.training.worker;

import org.jspecify.annotations.NullMarked;
