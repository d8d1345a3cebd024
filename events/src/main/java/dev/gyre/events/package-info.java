/// Kafka records in and out: CloudEvents headers, dead letters, the outbox and the inbox.
@NullMarked
package dev.gyre.events;

import org.jspecify.annotations.NullMarked;
