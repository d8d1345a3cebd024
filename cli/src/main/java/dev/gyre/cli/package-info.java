/// The `gyre` command. Its options and words are in [dev.gyre.cli.Gyre], the running system in
/// `machine`, the clients of the services in `client`.
@NullMarked
package dev.gyre.cli;

import org.jspecify.annotations.NullMarked;
