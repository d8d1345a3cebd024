package dev.gyre.cli.script;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The `gyre` script in a checkout of its own. JDK, Maven and `uname` are outside of the system, so
/// small scripts stand for them; each says in `calls` that it ran.
class GyreScriptTest {
    /// What the script needs of the system. The system's Maven and JDKs are not among it.
    private static final List<String> TOOLS =
            List.of(
                    "bash",
                    "cat",
                    "chmod",
                    "cp",
                    "cut",
                    "dirname",
                    "find",
                    "grep",
                    "head",
                    "ls",
                    "mkdir",
                    "mktemp",
                    "mv",
                    "readlink",
                    "rm",
                    "sed",
                    "sha256sum",
                    "sh",
                    "sort",
                    "tail",
                    "tee",
                    "touch",
                    "uname",
                    "xargs");

    @TempDir Path folder;
    private Path checkout;
    private Path programs;

    @BeforeEach
    void makeCheckout() throws IOException {
        checkout = Files.createDirectories(folder.resolve("checkout"));
        programs = Files.createDirectories(folder.resolve("programs"));
        Path root = Path.of(System.getProperty("gyre.root"));
        Files.copy(root.resolve("gyre"), checkout.resolve("gyre"));
        Path options =
                Path.of("cli/src/main/resources/dev/gyre/cli/machine/jvm-options.properties");
        Files.createDirectories(checkout.resolve(options).getParent());
        Files.copy(root.resolve(options), checkout.resolve(options));
        Files.writeString(checkout.resolve("pom.xml"), "<project/>");
        makeJdk("jdk", "25.0.3");
        makeMaven("3.9.16");
        for (String tool : TOOLS) {
            program(tool, "exec /usr/bin/" + tool + " \"$@\"");
        }
    }

    @Test
    void buildsOnceAndHandsOver() throws Exception {
        assertThat(gyre("up", "--port-offset", "7").output()).contains("GYRE up --port-offset 7");
        assertThat(gyre("up").output()).contains("GYRE up").doesNotContain("building");

        assertThat(calls()).filteredOn(call -> call.contains("package")).hasSize(1);
    }

    @Test
    void buildsAgainAfterASourceChanged() throws Exception {
        gyre("build");
        Path source = Files.createDirectories(checkout.resolve("cli/src/main/java"));
        Files.writeString(source.resolve("New.java"), "class New {}");

        gyre("build");

        assertThat(calls()).filteredOn(call -> call.contains("package")).hasSize(2);
    }

    @Test
    void buildsNotAgainAfterADocumentOrATestChanged() throws Exception {
        gyre("build");
        Files.writeString(checkout.resolve("README.md"), "# Gyre");
        Path tests = Files.createDirectories(checkout.resolve("cli/src/test/java"));
        Files.writeString(tests.resolve("NewTest.java"), "class NewTest {}");

        gyre("build");

        assertThat(calls()).filteredOn(call -> call.contains("package")).hasSize(1);
    }

    @Test
    void buildsAgainAfterAFailedBuild() throws Exception {
        Files.writeString(folder.resolve("break"), "");
        Result failed = gyre("build");
        assertThat(failed.status()).isEqualTo(1);
        assertThat(failed.output()).contains("cannot find symbol").contains("the build failed");
        Files.delete(folder.resolve("break"));

        assertThat(gyre("build").status()).isZero();

        assertThat(calls()).filteredOn(call -> call.contains("package")).hasSize(2);
    }

    @Test
    void testRunsTheWholeSuiteWithTheArgumentsGiven() throws Exception {
        assertThat(gyre("test", "-Dtest=X").status()).isZero();

        assertThat(calls()).contains("maven 3.9.16 -B -ntp --threads 2 verify -Dtest=X");
    }

    @Test
    void fetchesAMavenThatIsNewEnoughWithAnOldOne() throws Exception {
        makeMaven("3.8.7");

        Result built = gyre("build");

        assertThat(built.output()).contains("Maven 3.8.7 is too old; fetching Maven 3.9.16");
        assertThat(calls())
                .anyMatch(
                        call -> call.startsWith("maven 3.8.7") && call.contains(":3.9.16:zip:bin"))
                .anyMatch(call -> call.startsWith("fetched maven") && call.contains("package"))
                .noneMatch(call -> call.startsWith("maven 3.8.7") && call.contains("package"));
    }

    @Test
    void saysWhatToDoWhenMavenCannotBeFetched() throws Exception {
        makeMaven("3.8.7");
        Files.writeString(folder.resolve("break"), "");

        Result built = gyre("build");

        assertThat(built.status()).isEqualTo(1);
        assertThat(built.output()).contains("is there a network").contains("Maven 3.9.6 or newer");
    }

    @Test
    void saysWhatToInstallWithoutAMaven() throws Exception {
        Files.delete(programs.resolve("mvn"));

        assertThat(gyre("build").output())
                .contains("needs Maven")
                .contains("apt-get install maven");
    }

    @Test
    void saysWhatToInstallWhereTheOnlyJdkIsTooOld() throws Exception {
        makeJdk("jdk", "17.0.15");

        Result built = gyre("build");

        assertThat(built.status()).isEqualTo(1);
        assertThat(built.output())
                .contains("needs a JDK 25 or newer")
                .contains("jdk (17)")
                .contains("JAVA_HOME");
    }

    @Test
    void refusesAnotherPlatformByName() throws Exception {
        Files.delete(programs.resolve("uname"));
        program("uname", "[ \"$1\" = -s ] && echo Darwin || echo arm64");

        Result built = gyre("build");

        assertThat(built.status()).isEqualTo(1);
        assertThat(built.output()).contains("linux-x86_64 only").contains("Darwin-arm64");
    }

    private record Result(int status, String output) {}

    private Result gyre(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("bash", "gyre"));
        command.addAll(List.of(arguments));
        Path output = folder.resolve("output");
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(checkout.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile());
        Map<String, String> environment = builder.environment();
        environment.clear();
        environment.put("PATH", programs.toString());
        environment.put("HOME", folder.toString());
        environment.put("JAVA_HOME", folder.resolve("jdk").toString());
        environment.put("GYRE_TEST", folder.toString());
        environment.put("GYRE_JDK_FOLDERS", folder.resolve("no-jdks").toString());
        Process process = builder.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Result(process.exitValue(), Files.readString(output));
    }

    private List<String> calls() throws IOException {
        return Files.readAllLines(folder.resolve("calls"));
    }

    private void makeJdk(String name, String version) throws IOException {
        Path jdk = folder.resolve(name);
        Files.createDirectories(jdk.resolve("bin"));
        Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
        script(jdk.resolve("bin/javac"), "exit 1");
        script(
                jdk.resolve("bin/java"),
                "while [ $# -gt 0 ]; do [ \"$1\" = dev.gyre.cli.Gyre ] && break; shift; done\nshift\necho \"GYRE $*\"");
        // 'jar xf' unpacks the Maven that was fetched.
        script(
                jdk.resolve("bin/jar"),
                "mkdir -p apache-maven-3.9.16/bin\ncp \"$GYRE_TEST/fetched-mvn\" apache-maven-3.9.16/bin/mvn");
    }

    private void makeMaven(String version) throws IOException {
        String body =
                """
                echo "%1$s $*" >>"$GYRE_TEST/calls"
                case "$*" in
                    *-v*) echo "Apache Maven %2$s (fake)"; exit ;;
                esac
                if [ -e "$GYRE_TEST/break" ]; then
                    echo "[ERROR] cannot find symbol"
                    exit 1
                fi
                case "$*" in
                    *package*)
                        echo "[INFO] Building Gyre: the gyre command 0.1.0-SNAPSHOT            [1/1]"
                        mkdir -p cli/target/lib a-service/target/quarkus-app
                        touch a-service/target/quarkus-app/quarkus-run.jar
                        ;;
                esac
                """;
        program("mvn", body.formatted("maven " + version, version));
        script(folder.resolve("fetched-mvn"), body.formatted("fetched maven", "3.9.16"));
    }

    private void program(String name, String body) throws IOException {
        script(programs.resolve(name), body);
    }

    private static void script(Path file, String body) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
