package dev.gyre.tokenizer.formats;

import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.split.SplitPattern;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The vocabularies that are built in, by tiktoken's names. Their ids are tiktoken's on any text.
///
/// ```java
/// Tokenizer tokenizer = Vocabularies.load("cl100k_base");
/// int[] ids = tokenizer.encode("Hello world"); // [9906, 1917]
/// ```
///
/// The ranks come from the library jtokkit, of which only these files are used.
public final class Vocabularies {
    /// Version of each of them where tokenizers are named `name@version`.
    public static final String VERSION = "built-in";

    private static final String END_OF_TEXT = "<|endoftext|>";
    private static final Map<String, Vocabulary> KNOWN = new LinkedHashMap<>();

    static {
        Map<String, Integer> gpt2 = Map.of(END_OF_TEXT, 50256);
        KNOWN.put("gpt2", new Vocabulary("r50k_base", 50257, SplitPattern.GPT2, gpt2));
        KNOWN.put("r50k_base", new Vocabulary("r50k_base", 50257, SplitPattern.GPT2, gpt2));
        KNOWN.put("p50k_base", new Vocabulary("p50k_base", 50281, SplitPattern.GPT2, gpt2));
        KNOWN.put(
                "cl100k_base",
                new Vocabulary(
                        "cl100k_base",
                        100277,
                        SplitPattern.CL100K_BASE,
                        Map.of(
                                END_OF_TEXT,
                                100257,
                                "<|fim_prefix|>",
                                100258,
                                "<|fim_middle|>",
                                100259,
                                "<|fim_suffix|>",
                                100260,
                                "<|endofprompt|>",
                                100276)));
        KNOWN.put(
                "o200k_base",
                new Vocabulary(
                        "o200k_base",
                        200019,
                        SplitPattern.O200K,
                        Map.of(END_OF_TEXT, 199999, "<|endofprompt|>", 200018)));
    }

    private Vocabularies() {}

    private record Vocabulary(
            String ranks, int size, SplitPattern pattern, Map<String, Integer> specialTokens) {}

    /// The names that [#load] takes.
    public static List<String> names() {
        return List.copyOf(KNOWN.keySet());
    }

    /// Number of token ids of a built-in vocabulary, known without loading it.
    ///
    /// @throws IllegalArgumentException if there is none of this name
    public static int size(String name) {
        return vocabulary(name).size;
    }

    /// The rank file of a built-in vocabulary, as tiktoken has it.
    ///
    /// @throws IllegalArgumentException if there is none of this name
    public static byte[] ranks(String name) {
        String resource = "/com/knuddels/jtokkit/" + vocabulary(name).ranks + ".tiktoken";
        try (InputStream ranks = Vocabularies.class.getResourceAsStream(resource)) {
            if (ranks == null) {
                throw new IllegalStateException(
                        "%s is not on the class path; add com.knuddels:jtokkit"
                                .formatted(resource));
            }
            return ranks.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + resource, e);
        }
    }

    /// A built-in vocabulary. It is made anew at each call; keep it.
    ///
    /// @throws IllegalArgumentException if there is none of this name
    public static Tokenizer load(String name) {
        Vocabulary vocabulary = vocabulary(name);
        return TiktokenFile.parse(ranks(name), vocabulary.pattern, vocabulary.specialTokens);
    }

    private static Vocabulary vocabulary(String name) {
        Vocabulary vocabulary = KNOWN.get(name);
        if (vocabulary == null) {
            throw new IllegalArgumentException(
                    "no vocabulary \"%s\" is built in; there are %s"
                            .formatted(name, String.join(", ", KNOWN.keySet())));
        }
        return vocabulary;
    }
}
