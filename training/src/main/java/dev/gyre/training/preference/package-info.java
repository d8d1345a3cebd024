/// Learning from pairs of answers: rows of token ids, the reward model's and DPO's trainers.
@NullMarked
package dev.gyre.training.preference;

import org.jspecify.annotations.NullMarked;
