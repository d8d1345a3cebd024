/// trainer-service: accepts jobs and has them done by worker processes. [Components] puts the parts
/// together, [Lifecycle] starts and stops them.
@NullMarked
package dev.gyre.trainer;

import org.jspecify.annotations.NullMarked;
