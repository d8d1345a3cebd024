@NullMarked
package dev.gyre.model;

import org.jspecify.annotations.NullMarked;
