/// Training jobs as trainer-service tells of them, for people to look at.
@NullMarked
package dev.gyre.feedback.jobs;

import org.jspecify.annotations.NullMarked;
