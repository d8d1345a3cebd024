package dev.gyre.artifacts.shards;

/// Which sealed version of which project's corpus.
///
/// @param project 1 to 64 of a-z, 0-9 and hyphen
/// @param corpus the same
/// @param version 16 hexadecimal digits, see [CorpusManifest#version]
public record CorpusVersion(String project, String corpus, String version) {
    public CorpusVersion {
        checkName("project", project);
        checkName("corpus", corpus);
        if (!isVersion(version)) {
            throw new IllegalArgumentException(
                    "version '%s' of corpus %s is not 16 hexadecimal digits; 'gyre corpus list' shows the latest"
                            .formatted(version, corpus));
        }
    }

    /// Whether a text has the form of a version's name.
    public static boolean isVersion(String text) {
        return text.matches("[0-9a-f]{16}");
    }

    /// Checks the form of a project's or a corpus' name.
    ///
    /// @param what which of them, for the message
    /// @throws IllegalArgumentException when it has another form
    public static void checkName(String what, String name) {
        if (!name.matches("[a-z0-9][a-z0-9-]{0,63}")) {
            throw new IllegalArgumentException(
                    what + " '" + name + "' is not 1 to 64 of a-z, 0-9 and hyphen");
        }
    }

    /// Folder of all versions of a corpus in the artifact store.
    public static String versionsFolder(String project, String corpus) {
        return "corpora/" + project + "/" + corpus + "/versions";
    }

    /// Folder of all versions of the corpus in the artifact store.
    public String versionsFolder() {
        return versionsFolder(project, corpus);
    }

    /// Folder of the version in the artifact store.
    public String folder() {
        return versionsFolder() + "/" + version;
    }

    /// `corpus@version`.
    @Override
    public String toString() {
        return corpus + "@" + version;
    }
}
