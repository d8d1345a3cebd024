/// Workers: the processes that do the jobs. [Workers] claims jobs and runs an [Attempt] each; a
/// [WorkerProcess] is the child JVM.
///
/// What service and worker agree on, all paths in the artifact store. The worker's arguments are
/// the store's location, the job id and the attempt.
///
/// | what | who writes | form |
/// |---|---|---|
/// | `jobs/<id>/<attempt>/request.json` | service | `JobSpec` as protobuf JSON |
/// | standard input | service | nothing; its end means that the service is gone, and the worker ends |
/// | standard output | worker | one JSON object a line: `{"type": "progress", …}` with the fields of `JobProgress`, `{"type": "error", "message": "…"}` before it ends in failure; other lines go to the log |
/// | standard error | worker | for the log; the last lines stand in the job's error |
/// | `jobs/<id>/<attempt>/result.json` | worker, last | `JobResult` as protobuf JSON |
/// | exit status | worker | 0: done, the result is written; 2: cannot be done as asked; anything else: the next attempt goes on |
@NullMarked
package dev.gyre.trainer.workers;

import org.jspecify.annotations.NullMarked;
