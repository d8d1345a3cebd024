package dev.gyre.inference.models;

import dev.gyre.artifacts.ModelVersion;

/// Where a version stands on this replica.
///
/// @param line the line that it is for; both names empty for one asked for by its exact name
/// @param releaseEpoch epoch of the line that asked for it; 0 without a line
/// @param version the version
/// @param load where it stands
/// @param reason why it failed; empty when it did not
record VersionState(
        ReleaseLineKey line, long releaseEpoch, ModelVersion version, Load load, String reason) {
    /// Steps of a version's life.
    enum Load {
        /// Being copied, verified or loaded.
        LOADING,
        /// Takes requests.
        WARM,
        /// Ends the answers it has.
        DRAINING,
        /// Could not be loaded.
        FAILED
    }
}
