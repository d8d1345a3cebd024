package dev.gyre.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Compiles and runs the snippets of README.md; a value behind `//` must come out.
class ReadmeTest {
    private static final Pattern SNIPPET = Pattern.compile("(?ms)^```java\\n(.*?)^```");

    /// A statement that names a value, and what is said of it, on its line or the next.
    private static final Pattern CLAIM =
            Pattern.compile("(?:int\\[]|int|String|boolean) (\\w+) =[^;]*;\\s*//[ ]?(.*)");

    private static final String IMPORTS =
            """
            import dev.gyre.tokenizer.*;
            import dev.gyre.tokenizer.chat.*;
            import dev.gyre.tokenizer.formats.*;
            import dev.gyre.tokenizer.report.*;
            import dev.gyre.tokenizer.training.*;
            import java.util.*;
            """;

    /// Built-in vocabularies are loaded once for all snippets.
    private static final String HELPERS =
            """
                private static final class Vocabularies {
                    private static final Map<String, Tokenizer> LOADED = new HashMap<>();

                    static Tokenizer load(String name) {
                        return LOADED.computeIfAbsent(name, dev.gyre.tokenizer.formats.Vocabularies::load);
                    }
                }

                private static String show(Object value) {
                    return value instanceof int[] ids ? Arrays.toString(ids) : String.valueOf(value);
                }
            """;

    @Test
    void snippetsDoWhatTheySay(@TempDir Path folder) throws Exception {
        List<String> expected = new ArrayList<>();
        Path source = folder.resolve("Snippets.java");
        Files.writeString(source, program(expected));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        int failed =
                compiler.run(
                        null,
                        null,
                        System.err,
                        "-cp",
                        System.getProperty("java.class.path"),
                        source.toString());
        assertThat(failed).isZero();

        try (URLClassLoader loader =
                new URLClassLoader(
                        new URL[] {folder.toUri().toURL()}, ReadmeTest.class.getClassLoader())) {
            Object shown = loader.loadClass("Snippets").getMethod("run").invoke(null);

            assertThat(shown).isEqualTo(expected);
            assertThat(expected).hasSizeGreaterThan(20);
        }
    }

    /// A class whose `run` gives each claimed value as text, with its name.
    private static String program(List<String> expected) throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        StringBuilder methods = new StringBuilder();
        StringBuilder calls = new StringBuilder();
        Matcher snippet = SNIPPET.matcher(readme);
        for (int number = 0; snippet.find(); number++) {
            Matcher claim = CLAIM.matcher(snippet.group(1));
            String body =
                    claim.replaceAll(
                            found -> {
                                expected.add(found.group(1) + " = " + found.group(2));
                                return Matcher.quoteReplacement(
                                        found.group()
                                                + "\nshown.add(\"%s = \" + show(%s));"
                                                        .formatted(found.group(1), found.group(1)));
                            });
            methods.append(
                    "private static void snippet%d(List<String> shown) {\n%s}\n"
                            .formatted(number, body));
            calls.append("snippet%d(shown);\n".formatted(number));
        }
        return IMPORTS
                + "public class Snippets {\n"
                + HELPERS
                + "public static List<String> run() {\nList<String> shown = new ArrayList<>();\n"
                + calls
                + "return shown;\n}\n"
                + methods
                + "}\n";
    }
}
