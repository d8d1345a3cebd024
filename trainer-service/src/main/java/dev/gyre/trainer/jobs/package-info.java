/// Jobs: what is asked, where each stands, who may change it. [Job] is the pure state machine,
/// [JobStore] its rows with their events in one transaction, [JobsEndpoint] and [JobRequestEvents]
/// the two doors.
@NullMarked
package dev.gyre.trainer.jobs;

import org.jspecify.annotations.NullMarked;
