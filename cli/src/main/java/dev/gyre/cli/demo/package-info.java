/// `gyre demo`: proves the loop without a person.
@NullMarked
package dev.gyre.cli.demo;

import org.jspecify.annotations.NullMarked;
