/// Apache Kafka and PostgreSQL as child processes of the process that needs them.
///
/// A child holds the reading end of a pipe to its owner and ends when the pipe closes, so nothing
/// outlives its owner, not even one that was killed with SIGKILL. [dev.gyre.embedded.EmbeddedKafka]
/// and [dev.gyre.embedded.EmbeddedPostgres] belong to one owner;
/// [dev.gyre.embedded.SharedInfrastructure] is one of each for all test JVMs of a Maven run.
@NullMarked
package dev.gyre.embedded;

import org.jspecify.annotations.NullMarked;
