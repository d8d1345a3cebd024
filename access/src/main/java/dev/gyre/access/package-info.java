/// Identity, roles, projects and refusals: the one place that says who may do what.
@NullMarked
package dev.gyre.access;

import org.jspecify.annotations.NullMarked;
