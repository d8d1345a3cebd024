/// What every feature stands on: settings, database, Kafka, who is calling.
@NullMarked
package dev.gyre.feedback.platform;

import org.jspecify.annotations.NullMarked;
