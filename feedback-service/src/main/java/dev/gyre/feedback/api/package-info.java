/// The rpcs of this service over HTTP with JSON, for the console and for scripts.
@NullMarked
package dev.gyre.feedback.api;

import org.jspecify.annotations.NullMarked;
