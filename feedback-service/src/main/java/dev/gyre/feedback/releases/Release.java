package dev.gyre.feedback.releases;

import dev.gyre.artifacts.ModelVersion;

/// A version as it is served: with the hash of its manifest, so that nobody serves another content.
///
/// @param manifestSha256 64 lower-case hexadecimal digits
public record Release(ModelVersion model, String manifestSha256) {}
