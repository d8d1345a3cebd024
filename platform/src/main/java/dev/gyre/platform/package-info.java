/// What every service stands on, made out of the settings that all of them share: whose tokens are
/// believed, what stands in front of every gRPC method, where Kafka and the artifact store are.
@NullMarked
package dev.gyre.platform;

import org.jspecify.annotations.NullMarked;
