/// feedback-service: ratings, data sets, rounds of retraining, releases, lineage.
@NullMarked
package dev.gyre.feedback;

import org.jspecify.annotations.NullMarked;
