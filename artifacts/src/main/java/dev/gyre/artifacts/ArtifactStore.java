package dev.gyre.artifacts;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/// Immutable files under relative paths such as `models/smollm2/1/config.json`.
///
/// A path has segments of letters, digits, `.`, `_` and `-`, joined by `/`; no segment starts with
/// a dot. Everything else is refused, so that a path can never leave the store.
///
/// All methods throw [IllegalArgumentException] for a path that is not of this form, and
/// [IOException] when the store cannot be reached or read.
public interface ArtifactStore {
    /// Opens the store at a location.
    ///
    /// @param location a folder (made when it does not exist), as a path or a `file:` URI
    /// @throws IllegalArgumentException for a scheme that is not supported
    static ArtifactStore open(String location) throws IOException {
        if (location.isBlank()) {
            throw new IllegalArgumentException(
                    "the artifact store's location is empty; set gyre.artifacts.location to a folder");
        }
        if (!location.contains("://") && !location.startsWith("file:")) {
            return FolderStore.open(Path.of(location));
        }
        URI uri = URI.create(location);
        if (!"file".equals(uri.getScheme())) {
            throw new IllegalArgumentException(
                    "the artifact store's location "
                            + location
                            + " has the scheme "
                            + uri.getScheme()
                            + "; supported are folders (a path or file:)");
        }
        return FolderStore.open(Path.of(uri));
    }

    /// Opens a file for reading.
    ///
    /// @throws java.nio.file.NoSuchFileException when there is none
    InputStream read(String path) throws IOException;

    /// Size of a file in bytes.
    ///
    /// @throws java.nio.file.NoSuchFileException when there is none
    long size(String path) throws IOException;

    /// Whether a file is there.
    boolean exists(String path) throws IOException;

    /// Paths of all files whose path starts with the folder `prefix`, sorted; empty when there are
    /// none.
    ///
    /// @param prefix a folder such as `models/smollm2`, or the empty string for the whole store
    List<String> list(String prefix) throws IOException;

    /// Names of the folders directly inside a folder, sorted; empty when there are none.
    List<String> folders(String prefix) throws IOException;

    /// Writes a file whole, replacing one that is there; readers see the old or the new content,
    /// never a part.
    void write(String path, byte[] content) throws IOException;

    /// Copies a local file into the store; readers see nothing or the whole file.
    void upload(String path, Path source) throws IOException;

    /// Writes a file unless one is there, in one indivisible step.
    ///
    /// @return whether this call wrote it
    boolean writeIfAbsent(String path, byte[] content) throws IOException;

    /// Deletes a folder with all that is in it, as far as there is any. Only for what nobody writes
    /// or reads any more: a reader may find a part of it.
    void deleteAll(String folder) throws IOException;

    /// Checks the form of a path.
    ///
    /// @return the path
    /// @throws IllegalArgumentException when it is not of the form that the store takes
    static String checkPath(String path) {
        for (String segment : path.split("/", -1)) {
            if (!segment.matches("[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}")) {
                throw new IllegalArgumentException(
                        "the artifact path '"
                                + path
                                + "' has the segment '"
                                + segment
                                + "'; segments are 1 to 200 letters, digits, '.', '_' and '-', not starting"
                                + " with a dot");
            }
        }
        return path;
    }
}
