package dev.gyre.cli.client;

import dev.gyre.cli.machine.CliException;
import dev.gyre.proto.tokenizer.v1.ImportSettings;
import dev.gyre.proto.tokenizer.v1.SpecialToken;
import dev.gyre.proto.tokenizer.v1.TokenizerFormat;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What `gyre tokenizer import` is told beside the files.
final class ImportOptions {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "tokenizer_config.json with the chat template.")
    @Nullable Path config;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description =
                    "${COMPLETION-CANDIDATES}. Default: by the files' names (.json, .model,"
                            + " .tiktoken, vocab.txt, or vocab.json and merges.txt).")
    private @Nullable TokenizerFileFormat format;

    @Option(
            names = "--pattern",
            paramLabel = "NAME",
            defaultValue = "",
            description =
                    "How text is cut, for .tiktoken and merges.txt: gpt2, smollm, cl100k,"
                            + " cl100k_base, qwen2 or o200k.")
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
    /// @throws CliException when their number is wrong, or their names do not tell
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
        return wanted;
    }

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
