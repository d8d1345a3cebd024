package dev.gyre.artifacts;

/// Name and version of a model package, written `name@version`.
///
/// @param name 1 to 64 of a-z, 0-9 and hyphen
/// @param version 1 to 100 letters, digits, `.`, `_` and `-`, not starting with a dot
public record ModelVersion(String name, String version) implements Comparable<ModelVersion> {
    public ModelVersion {
        if (!name.matches("[a-z0-9][a-z0-9-]{0,63}")) {
            throw new IllegalArgumentException(
                    "model name '" + name + "' is not 1 to 64 of a-z, 0-9 and hyphen");
        }
        if (!version.matches("[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}")) {
            throw new IllegalArgumentException(
                    "version '"
                            + version
                            + "' of model "
                            + name
                            + " is not 1 to 100 letters, digits, '.', '_' and '-'");
        }
    }

    /// Reads `name@version`.
    ///
    /// @throws IllegalArgumentException when it is not of that form
    public static ModelVersion parse(String text) {
        int at = text.indexOf('@');
        if (at < 0) {
            throw new IllegalArgumentException("'" + text + "' is not of the form name@version");
        }
        return new ModelVersion(text.substring(0, at), text.substring(at + 1));
    }

    /// Folder of the package in the artifact store.
    public String folder() {
        return "models/" + name + "/" + version;
    }

    @Override
    public int compareTo(ModelVersion other) {
        int byName = name.compareTo(other.name);
        return byName != 0 ? byName : version.compareTo(other.version);
    }

    @Override
    public String toString() {
        return name + "@" + version;
    }
}
