/// Where answers come from and where ratings went.
@NullMarked
package dev.gyre.feedback.lineage;

import org.jspecify.annotations.NullMarked;
