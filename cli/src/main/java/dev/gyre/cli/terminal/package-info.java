/// What people see: lines, tables and progress.
@NullMarked
package dev.gyre.cli.terminal;

import org.jspecify.annotations.NullMarked;
