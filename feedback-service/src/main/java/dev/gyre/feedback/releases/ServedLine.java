package dev.gyre.feedback.releases;

import java.util.List;

/// A line together with the replicas that serve it.
///
/// @param warmReplicas replicas that serve the promoted version of this epoch, sorted
/// @param complete whether that is every replica, and at least one
public record ServedLine(ReleaseLine line, List<String> warmReplicas, boolean complete) {
    public ServedLine {
        warmReplicas = List.copyOf(warmReplicas);
    }
}
