package dev.gyre.cli.client;

import dev.gyre.cli.machine.CliException;
import dev.gyre.proto.tokenizer.v1.ImportSettings;
import dev.gyre.proto.tokenizer.v1.SpecialToken;
import dev.gyre.proto.tokenizer.v1.TokenizerFormat;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What `gyre tokenizer import` is told beside the files.
final class ImportOptions {
    private static final String PATTERNS = "gpt2, smollm, cl100k, cl100k_base, qwen2 or o200k";

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "tokenizer_config.json with the chat template. Default for .gguf: its own.")
    @Nullable Path config;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description =
                    "${COMPLETION-CANDIDATES}. Default: by the files' names (.json, .model,"
                            + " .tiktoken, .gguf, vocab.txt, or vocab.json and merges.txt).")
    private @Nullable TokenizerFileFormat format;

    @Option(
            names = "--pattern",
            paramLabel = "NAME",
            defaultValue = "",
            description = "How text is cut, needed for .tiktoken and merges.txt: " + PATTERNS + ".")
    private String pattern = "";

    @Option(
            names = "--special",
            paramLabel = "TOKEN=ID",
            description = "A special token, for .tiktoken and merges.txt; may be repeated.")
    private Map<String, Integer> special = new LinkedHashMap<>();

    @Option(names = "--cased", description = "The model of vocab.txt tells upper case apart.")
    private boolean cased;

    /// The format of these files.
    ///
    /// @throws CliException when their number is wrong, their names do not tell, an option is
    ///   missing, or the format has no use for one
    TokenizerFileFormat format(List<Path> files) {
        TokenizerFileFormat wanted = format != null ? format : TokenizerFileFormat.ofNames(files);
        if (wanted.files().size() != files.size()) {
            throw new CliException(
                    "%s is %d file(s), %s; %d are given"
                            .formatted(
                                    wanted,
                                    wanted.files().size(),
                                    String.join(" and ", wanted.files()),
                                    files.size()));
        }
        checkOptions(wanted, files);
        return wanted;
    }

    /// The service checks as well, in the words of its fields.
    private void checkOptions(TokenizerFileFormat format, List<Path> files) {
        if (format.isBare() && pattern.isEmpty()) {
            throw new CliException(
                    "nothing in %s says how text is cut into pieces; give --pattern: %s"
                            .formatted(
                                    files.stream()
                                            .map(Path::toString)
                                            .collect(Collectors.joining(" and ")),
                                    PATTERNS));
        }
        refuse(!format.isBare() && !pattern.isEmpty(), "--pattern", format);
        refuse(!format.isBare() && !special.isEmpty(), "--special", format);
        refuse(format != TokenizerFileFormat.WORDPIECE_VOCAB && cased, "--cased", format);
    }

    private static void refuse(boolean isGiven, String option, TokenizerFileFormat format) {
        if (isGiven) {
            throw new CliException("%s has no use for %s; leave it out".formatted(format, option));
        }
    }

    /// What the service is told of them.
    ImportSettings settings(String name, TokenizerFileFormat format) {
        ImportSettings.Builder settings =
                ImportSettings.newBuilder()
                        .setName(name)
                        .setFormat(TokenizerFormat.valueOf("TOKENIZER_FORMAT_" + format))
                        .setSplitPattern(pattern)
                        .setCased(cased);
        special.forEach(
                (content, id) ->
                        settings.addSpecialTokens(
                                SpecialToken.newBuilder().setContent(content).setId(id)));
        return settings.build();
    }
}
