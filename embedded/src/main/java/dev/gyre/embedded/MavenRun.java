package dev.gyre.embedded;

import java.util.Optional;

/// The process that a test run ends with: Maven's, or this JVM's in an IDE.
final class MavenRun {
    private static final String LAUNCHER = "org.codehaus.plexus.classworlds.launcher.Launcher";

    private MavenRun() {}

    static ProcessHandle process() {
        for (Optional<ProcessHandle> ancestor = ProcessHandle.current().parent();
                ancestor.isPresent();
                ancestor = ancestor.get().parent()) {
            String command = ancestor.get().info().commandLine().orElse("");
            if (command.contains(LAUNCHER)) {
                return ancestor.get();
            }
        }
        return ProcessHandle.current();
    }
}
