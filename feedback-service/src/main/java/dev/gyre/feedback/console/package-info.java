/// The console: its pages, and the relay of generation to the browser.
@NullMarked
package dev.gyre.feedback.console;

import org.jspecify.annotations.NullMarked;
