package dev.gyre.inference.models;

/// A release line of a project.
///
/// @param project the project
/// @param line the line's name, which requests use as the model's name
record ReleaseLineKey(String project, String line) {
    @Override
    public String toString() {
        return project + "/" + line;
    }
}
