/// Clients of the running services.
@NullMarked
package dev.gyre.cli.client;

import org.jspecify.annotations.NullMarked;
