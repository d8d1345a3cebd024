/// Who is calling over HTTP: bearer tokens, one-time login links, sessions of the console.
@NullMarked
package dev.gyre.feedback.signin;

import org.jspecify.annotations.NullMarked;
