package dev.gyre.cli.client;

import com.google.protobuf.ByteString;
import dev.gyre.cli.machine.CliException;
import dev.gyre.cli.machine.GyreHome;
import dev.gyre.cli.terminal.Progress;
import dev.gyre.cli.terminal.Table;
import dev.gyre.cli.terminal.Words;
import dev.gyre.proto.tokenizer.v1.CancelTrainingRequest;
import dev.gyre.proto.tokenizer.v1.ExplainRequest;
import dev.gyre.proto.tokenizer.v1.ExplainResponse;
import dev.gyre.proto.tokenizer.v1.ExportTokenizerRequest;
import dev.gyre.proto.tokenizer.v1.ExportTokenizerResponse;
import dev.gyre.proto.tokenizer.v1.GetTokenizerRequest;
import dev.gyre.proto.tokenizer.v1.GetTokenizerResponse;
import dev.gyre.proto.tokenizer.v1.ImportSettings;
import dev.gyre.proto.tokenizer.v1.ImportTokenizerRequest;
import dev.gyre.proto.tokenizer.v1.ImportTokenizerResponse;
import dev.gyre.proto.tokenizer.v1.LanguageText;
import dev.gyre.proto.tokenizer.v1.ListTokenizersRequest;
import dev.gyre.proto.tokenizer.v1.ListTrainingsRequest;
import dev.gyre.proto.tokenizer.v1.ReportFertilityRequest;
import dev.gyre.proto.tokenizer.v1.Tokenizer;
import dev.gyre.proto.tokenizer.v1.TokenizerFormat;
import dev.gyre.proto.tokenizer.v1.TrainRequest;
import dev.gyre.proto.tokenizer.v1.TrainResponse;
import dev.gyre.proto.tokenizer.v1.Training;
import dev.gyre.proto.tokenizer.v1.TrainingState;
import dev.gyre.proto.tokenizer.v1.WatchTrainingRequest;
import dev.gyre.proto.tokenizer.v1.WatchTrainingResponse;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `gyre tokenizer`.
@Command(
        name = "tokenizer",
        mixinStandardHelpOptions = true,
        description = "Trains, brings in, brings out and examines tokenizers.")
public final class TokenizerCommands {
    private static final int PART_BYTES = 1 << 20;

    private final GyreHome home;
    private final PrintStream out;

    /// @param out takes the answers
    public TokenizerCommands(GyreHome home, PrintStream out) {
        this.home = home;
        this.out = out;
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists tokenizers.")
    void list() throws StatusException {
        try (Services services = Services.of(home)) {
            Table table = new Table("TOKENIZER", "TOKENS", "SHA-256");
            for (Tokenizer tokenizer :
                    services.tokenizer()
                            .listTokenizers(ListTokenizersRequest.getDefaultInstance())
                            .getTokenizersList()) {
                table.add(
                        reference(tokenizer),
                        Integer.toString(tokenizer.getVocabularySize()),
                        tokenizer.getSha256().substring(0, 12));
            }
            out.print(table);
        }
    }

    private static String reference(Tokenizer tokenizer) {
        return tokenizer.getName() + "@" + tokenizer.getVersion();
    }

    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description = "Shows what a tokenizer is.")
    void show(@Parameters(paramLabel = "NAME", description = "NAME or NAME@VERSION.") String name)
            throws StatusException {
        try (Services services = Services.of(home)) {
            GetTokenizerResponse shown =
                    services.tokenizer()
                            .getTokenizer(
                                    GetTokenizerRequest.newBuilder().setTokenizer(name).build());
            out.println("tokenizer      " + reference(shown.getTokenizer()));
            out.println("algorithm      " + shown.getAlgorithm());
            out.println("tokens         " + shown.getTokenizer().getVocabularySize());
            out.println("sha-256        " + shown.getTokenizer().getSha256());
            out.println("chat template  " + (shown.getHasChatTemplate() ? "yes" : "no"));
            shown.getSpecialTokensList()
                    .forEach(
                            token ->
                                    out.println(
                                            "special        %d  %s"
                                                    .formatted(token.getId(), token.getContent())));
        }
    }

    @Command(
            name = "train",
            mixinStandardHelpOptions = true,
            description = {
                "Trains a tokenizer on text files (UTF-8, also .gz; - is standard input) and stores"
                        + " it. The training goes on without this command once all text has been"
                        + " sent: 'gyre tokenizer trainings' lists it, 'follow' shows how it goes."
            })
    void train(
            @Parameters(paramLabel = "NAME", description = "Name that it is stored under.")
                    String name,
            @Parameters(paramLabel = "FILE", arity = "1..*", description = "Text files.")
                    List<Path> files,
            @Mixin TrainingOptions options)
            throws StatusException, IOException, InterruptedException {
        try (Services services = Services.of(home);
                Progress progress = new Progress()) {
            BlockingClientCall<TrainRequest, TrainResponse> call = services.tokenizer().train();
            call.write(TrainRequest.newBuilder().setSettings(options.settings(name)).build());
            Training first = call.read().getTraining();
            TextReader text = new TextReader(files);
            for (String part = text.next(); part != null; part = text.next()) {
                if (!call.write(TrainRequest.newBuilder().setText(part).build())) {
                    break;
                }
                progress.show(text.progress());
            }
            call.halfClose();
            print(toTheEnd(call, first, text, progress));
        }
    }

    private static Training toTheEnd(
            BlockingClientCall<TrainRequest, TrainResponse> call,
            Training first,
            TextReader text,
            Progress progress)
            throws StatusException, InterruptedException {
        Training last = first;
        try {
            while (call.hasNext()) {
                last = call.read().getTraining();
                progress.show(
                        last.getState() == TrainingState.TRAINING_STATE_LEARNING
                                ? Words.progress(last.getPhase(), last.getDone(), last.getTotal())
                                : text.progress());
            }
        } catch (StatusException lost) {
            if (lost.getStatus().getCode() != Status.Code.UNAVAILABLE
                    || last.getState() != TrainingState.TRAINING_STATE_LEARNING) {
                throw lost;
            }
            throw new CliException(
                    "tokenizer-service is gone; the training goes on when it is back: 'gyre tokenizer follow %s'"
                            .formatted(last.getId()));
        }
        return last;
    }

    private void print(Training training) {
        if (training.getState() != TrainingState.TRAINING_STATE_SUCCEEDED) {
            throw new CliException(
                    "the training %s %s: %s"
                            .formatted(training.getId(), state(training), training.getReason()));
        }
        out.println(
                "%s: %d tokens, %d learned from %s of text"
                        .formatted(
                                reference(training.getTokenizer()),
                                training.getTokenizer().getVocabularySize(),
                                training.getLearned(),
                                Words.bytes(training.getTextBytes())));
        if (training.getDroppedPieces() > 0) {
            out.println(
                    "%,d rare pieces of the text were left out, since the service's memory was too short; raise gyre.tokenization.training-memory-bytes to learn from all"
                            .formatted(training.getDroppedPieces()));
        }
    }

    private static String state(Training training) {
        return training.getState().name().replace("TRAINING_STATE_", "").toLowerCase(Locale.ROOT);
    }

    @Command(
            name = "trainings",
            mixinStandardHelpOptions = true,
            description = "Lists trainings, newest first.")
    void trainings() throws StatusException {
        try (Services services = Services.of(home)) {
            Table table = new Table("TRAINING", "TOKENIZER", "STATE", "TEXT", "REASON");
            for (Training training :
                    services.tokenizer()
                            .listTrainings(ListTrainingsRequest.getDefaultInstance())
                            .getTrainingsList()) {
                table.add(
                        training.getId(),
                        training.getName(),
                        state(training),
                        Words.bytes(training.getTextBytes()),
                        training.getReason());
            }
            out.print(table);
        }
    }

    @Command(
            name = "follow",
            mixinStandardHelpOptions = true,
            description = "Follows a training to its end.")
    void follow(@Parameters(paramLabel = "TRAINING", description = "Its id.") String id)
            throws StatusException, IOException, InterruptedException {
        try (Services services = Services.of(home);
                Progress progress = new Progress()) {
            BlockingClientCall<?, WatchTrainingResponse> call =
                    services.tokenizer()
                            .watchTraining(WatchTrainingRequest.newBuilder().setId(id).build());
            Training last = Training.getDefaultInstance();
            while (call.hasNext()) {
                last = call.read().getTraining();
                progress.show(Words.progress(last.getPhase(), last.getDone(), last.getTotal()));
            }
            print(last);
        }
    }

    @Command(
            name = "cancel",
            mixinStandardHelpOptions = true,
            description = "Ends a training that has not ended.")
    void cancel(@Parameters(paramLabel = "TRAINING", description = "Its id.") String id)
            throws StatusException {
        try (Services services = Services.of(home)) {
            Training training =
                    services.tokenizer()
                            .cancelTraining(CancelTrainingRequest.newBuilder().setId(id).build())
                            .getTraining();
            out.println(training.getId() + " " + state(training));
        }
    }

    @Command(
            name = "import",
            mixinStandardHelpOptions = true,
            description = "Stores a tokenizer of another tool.")
    void importFiles(
            @Parameters(paramLabel = "NAME", description = "Name that it is stored under.")
                    String name,
            @Parameters(
                            paramLabel = "FILE",
                            arity = "1..2",
                            description =
                                    "tokenizer.json, SentencePiece's .model, a .tiktoken file,"
                                            + " a .gguf model (its tokenizer is taken),"
                                            + " vocab.txt, or vocab.json and merges.txt.")
                    List<Path> files,
            @Mixin ImportOptions options)
            throws StatusException, IOException, InterruptedException {
        TokenizerFileFormat format = options.format(files);
        ImportSettings settings = options.settings(name, format);
        Map<String, byte[]> contents = new LinkedHashMap<>();
        for (int i = 0; i < files.size(); i++) {
            contents.put(format.files().get(i), format.read(files.get(i)));
        }
        if (options.config != null) {
            contents.put("tokenizer_config.json", TokenizerFileFormat.readWhole(options.config));
        }
        try (Services services = Services.of(home)) {
            BlockingClientCall<ImportTokenizerRequest, ImportTokenizerResponse> call =
                    services.tokenizer().importTokenizer();
            call.write(ImportTokenizerRequest.newBuilder().setSettings(settings).build());
            for (Map.Entry<String, byte[]> file : contents.entrySet()) {
                send(call, file.getKey(), file.getValue());
            }
            call.halfClose();
            Tokenizer stored = call.read().getTokenizer();
            out.println("%s: %d tokens".formatted(reference(stored), stored.getVocabularySize()));
        }
    }

    private static void send(
            BlockingClientCall<ImportTokenizerRequest, ImportTokenizerResponse> call,
            String file,
            byte[] content)
            throws StatusException, InterruptedException {
        for (int from = 0; from < content.length; from += PART_BYTES) {
            int size = Math.min(PART_BYTES, content.length - from);
            call.write(
                    ImportTokenizerRequest.newBuilder()
                            .setFile(file)
                            .setContent(ByteString.copyFrom(content, from, size))
                            .build());
        }
    }

    @Command(
            name = "export",
            mixinStandardHelpOptions = true,
            description = "Writes a tokenizer's files for another tool.")
    void export(
            @Parameters(paramLabel = "NAME", description = "NAME or NAME@VERSION.") String name,
            @Option(
                            names = "--format",
                            paramLabel = "FORMAT",
                            defaultValue = "TOKENIZER_JSON",
                            completionCandidates = TokenizerFileFormat.Written.class,
                            description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
                    TokenizerFileFormat format,
            @Option(
                            names = "--to",
                            paramLabel = "FOLDER",
                            defaultValue = ".",
                            description = "Where they are written. Default: here.")
                    Path folder)
            throws StatusException, IOException, InterruptedException {
        try (Services services = Services.of(home)) {
            BlockingClientCall<?, ExportTokenizerResponse> call =
                    services.tokenizer()
                            .exportTokenizer(
                                    ExportTokenizerRequest.newBuilder()
                                            .setTokenizer(name)
                                            .setFormat(
                                                    TokenizerFormat.valueOf(
                                                            "TOKENIZER_FORMAT_" + format))
                                            .build());
            Map<String, OutputStream> files = new LinkedHashMap<>();
            try {
                while (call.hasNext()) {
                    ExportTokenizerResponse part = call.read();
                    Path file = folder.resolve(Path.of(part.getFile()).getFileName());
                    OutputStream open = files.get(part.getFile());
                    if (open == null) {
                        Files.createDirectories(folder);
                        open = Files.newOutputStream(file);
                        files.put(part.getFile(), open);
                        out.println(file);
                    }
                    part.getContent().writeTo(open);
                }
            } finally {
                for (OutputStream open : files.values()) {
                    open.close();
                }
            }
        }
    }

    @Command(
            name = "explain",
            mixinStandardHelpOptions = true,
            description = "Shows how a text becomes tokens, merge by merge.")
    void explain(
            @Parameters(paramLabel = "NAME", description = "NAME or NAME@VERSION.") String name,
            @Parameters(paramLabel = "TEXT", description = "At most 64 KiB.") String text,
            @Option(names = "--json", description = "As a JSON document.") boolean json)
            throws StatusException {
        try (Services services = Services.of(home)) {
            ExplainResponse explained =
                    services.tokenizer()
                            .explain(
                                    ExplainRequest.newBuilder()
                                            .setTokenizer(name)
                                            .setText(text)
                                            .build());
            out.println(json ? explained.getJson() : explained.getText());
        }
    }

    @Command(
            name = "report",
            mixinStandardHelpOptions = true,
            description = "Measures how many tokens texts take: tokens a word, bytes a token.")
    void report(
            @Parameters(
                            paramLabel = "LANGUAGE=FILE",
                            arity = "1..*",
                            description =
                                    "A text file (UTF-8, also .gz) and what the report calls it.")
                    Map<String, Path> texts,
            @Option(
                            names = "--tokenizers",
                            paramLabel = "NAME",
                            split = ",",
                            required = true,
                            description = "Tokenizers to compare, NAME or NAME@VERSION.")
                    String[] tokenizers,
            @Option(
                            names = "--width",
                            paramLabel = "N",
                            defaultValue = "4096",
                            description =
                                    "Embedding width that a vocabulary's cost is told for. Default:"
                                            + " ${DEFAULT-VALUE}.")
                    int width)
            throws StatusException, IOException {
        ReportFertilityRequest.Builder request =
                ReportFertilityRequest.newBuilder()
                        .addAllTokenizers(Arrays.asList(tokenizers))
                        .setEmbeddingWidth(width);
        for (Map.Entry<String, Path> text : texts.entrySet()) {
            request.addTexts(
                    LanguageText.newBuilder()
                            .setLanguage(text.getKey())
                            .setText(TextReader.whole(text.getValue())));
        }
        try (Services services = Services.of(home)) {
            out.print(services.tokenizer().reportFertility(request.build()).getMarkdown());
        }
    }
}
