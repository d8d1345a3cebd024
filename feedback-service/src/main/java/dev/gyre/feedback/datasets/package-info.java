/// Immutable snapshots of the ledger: rows of token ids, split by prompt, with a hash.
@NullMarked
package dev.gyre.feedback.datasets;

import org.jspecify.annotations.NullMarked;
