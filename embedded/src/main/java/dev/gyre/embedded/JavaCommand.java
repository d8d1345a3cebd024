package dev.gyre.embedded;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// What a child JVM runs.
///
/// @param options options of the JVM
/// @param classPath jars and folders, in order
/// @param mainClass the real main class
/// @param arguments arguments of the main class
public record JavaCommand(
        List<String> options, List<Path> classPath, String mainClass, List<String> arguments) {
    /// Copies the lists.
    public JavaCommand {
        options = List.copyOf(options);
        classPath = List.copyOf(classPath);
        arguments = List.copyOf(arguments);
    }

    /// The command line that runs this under a [Tether], with the JDK of this process.
    ///
    /// @param tetherJar jar that holds the tether's main class
    public List<String> tethered(Path tetherJar) {
        List<String> command = new ArrayList<>();
        command.add(ownJava().toString());
        command.addAll(options);
        command.add("-cp");
        command.add(tetherJar + File.pathSeparator + joined(classPath));
        command.add(Tether.class.getName());
        command.add(mainClass);
        command.addAll(arguments);
        return List.copyOf(command);
    }

    /// The command line without a tether: for short runs that the owner waits for.
    public List<String> plain() {
        List<String> command = new ArrayList<>();
        command.add(ownJava().toString());
        command.addAll(options);
        command.add("-cp");
        command.add(joined(classPath));
        command.add(mainClass);
        command.addAll(arguments);
        return List.copyOf(command);
    }

    private static String joined(List<Path> paths) {
        return paths.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    }

    private static Path ownJava() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }
}
