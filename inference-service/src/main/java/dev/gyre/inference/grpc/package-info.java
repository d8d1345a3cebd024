/// The gRPC API.
@NullMarked
package dev.gyre.inference.grpc;

import org.jspecify.annotations.NullMarked;
