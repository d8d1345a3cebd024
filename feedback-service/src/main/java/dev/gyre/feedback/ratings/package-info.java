/// The ledger of ratings.
@NullMarked
package dev.gyre.feedback.ratings;

import org.jspecify.annotations.NullMarked;
