package dev.gyre.cli.client;

import dev.gyre.cli.machine.GyreHome;
import dev.gyre.cli.terminal.Progress;
import dev.gyre.cli.terminal.Table;
import dev.gyre.cli.terminal.Words;
import dev.gyre.proto.corpus.v1.Corpus;
import dev.gyre.proto.corpus.v1.CorpusVersion;
import dev.gyre.proto.corpus.v1.GetReportRequest;
import dev.gyre.proto.corpus.v1.GetReportResponse;
import dev.gyre.proto.corpus.v1.ListCorporaRequest;
import dev.gyre.proto.corpus.v1.PlaceSample;
import dev.gyre.proto.corpus.v1.RedactionReport;
import dev.gyre.proto.corpus.v1.RemovalSample;
import dev.gyre.proto.corpus.v1.RuleReport;
import dev.gyre.proto.corpus.v1.SealCorpusRequest;
import dev.gyre.proto.corpus.v1.SealCorpusResponse;
import dev.gyre.proto.corpus.v1.SealProgress;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `gyre corpus`.
@Command(
        name = "corpus",
        mixinStandardHelpOptions = true,
        description = "Gathers documents, and seals them into token shards to train on.")
public final class CorpusCommands {
    private static final String STANDARD_INPUT = "-";

    private final GyreHome home;
    private final PrintStream out;

    @Option(
            names = "--project",
            paramLabel = "NAME",
            defaultValue = "",
            description = "Project that owns the corpus. Default: your first.",
            scope = picocli.CommandLine.ScopeType.INHERIT)
    private String project = "";

    /// @param out takes the answers
    public CorpusCommands(GyreHome home, PrintStream out) {
        this.home = home;
        this.out = out;
    }

    @Command(
            name = "add",
            mixinStandardHelpOptions = true,
            description = {
                "Adds documents. Once it says so, none of them can be lost.",
                "A file is one document, its path the id; a .jsonl file, and standard input, have"
                        + " one a line: {\"id\": …, \"text\": …}. A document that is added again"
                        + " takes the place of the earlier one."
            })
    void add(
            @Parameters(index = "0", paramLabel = "CORPUS", description = "Name of the corpus.")
                    String corpus,
            @Parameters(
                            index = "1..*",
                            arity = "1..*",
                            paramLabel = "FILE",
                            description = "Files and folders; - is JSONL from standard input.")
                    List<String> places)
            throws IOException, InterruptedException {
        List<DocumentFiles.Found> files = new ArrayList<>();
        long bytes = 0;
        for (String place : places) {
            if (!place.equals(STANDARD_INPUT)) {
                files.addAll(DocumentFiles.find(Path.of(place)));
            }
        }
        for (DocumentFiles.Found found : files) {
            bytes += Files.size(found.file());
        }
        long documents;
        try (Services services = Services.of(home);
                Progress progress = new Progress()) {
            DocumentUpload upload = new DocumentUpload(services, project, corpus, bytes, progress);
            for (DocumentFiles.Found found : files) {
                DocumentFiles.read(found, upload::add);
            }
            if (places.contains(STANDARD_INPUT)) {
                DocumentFiles.readLines(System.in, "standard input", upload::add);
            }
            documents = upload.finish();
        }
        out.printf(Locale.ROOT, "added %,d documents to %s%n", documents, corpus);
    }

    @Command(
            name = "seal",
            mixinStandardHelpOptions = true,
            description = {
                "Writes a version: cleaned, without duplicates, sorted and tokenised.",
                "The same documents, rules and tokenizer give the same version."
            })
    void seal(
            @Parameters(paramLabel = "CORPUS", description = "Name of the corpus.") String corpus,
            @Option(
                            names = "--tokenizer",
                            required = true,
                            paramLabel = "NAME[@VERSION]",
                            description = "Tokenizer or model in the artifact store.")
                    String tokenizer,
            @Option(
                            names = "--separator",
                            paramLabel = "TOKEN",
                            defaultValue = "",
                            description =
                                    "Special token behind each document, or none. Default:"
                                            + " <|endoftext|> where the tokenizer has it.")
                    String separator,
            @Option(
                            names = "--shard-tokens",
                            paramLabel = "N",
                            defaultValue = "0",
                            description = "Tokens of a shard. Default: 33554432.")
                    long shardTokens)
            throws StatusException, InterruptedException {
        @Nullable CorpusVersion version = null;
        try (Services services = Services.of(home);
                Progress progress = new Progress()) {
            BlockingClientCall<?, SealCorpusResponse> call =
                    services.corpora()
                            .sealCorpus(
                                    SealCorpusRequest.newBuilder()
                                            .setProject(project)
                                            .setCorpus(corpus)
                                            .setTokenizer(tokenizer)
                                            .setSeparator(separator)
                                            .setShardTokens(shardTokens)
                                            .build());
            for (SealCorpusResponse step = call.read(); step != null; step = call.read()) {
                if (step.hasVersion()) {
                    version = step.getVersion();
                } else {
                    SealProgress now = step.getProgress();
                    progress.show(Words.progress(now.getPhase(), now.getDone(), now.getTotal()));
                }
            }
        }
        if (version != null) {
            print(version);
            if (!separator.equals("none")) {
                out.printf(
                        "train on it%s: ./gyre jobs pretrain --model NAME --corpus %s@%s%n",
                        separator.isEmpty() ? ", if the tokenizer has <|endoftext|>" : "",
                        version.getCorpus(),
                        version.getVersion());
            }
        }
    }

    private void print(CorpusVersion version) {
        out.printf(
                Locale.ROOT,
                "%s@%s: %,d of %,d documents, %,d tokens of %s%n  %s%n",
                version.getCorpus(),
                version.getVersion(),
                version.getKeptDocuments(),
                version.getDocuments(),
                version.getTokens(),
                version.getTokenizer(),
                home.artifacts().resolve(version.getFolder()));
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists corpora.")
    void list() throws StatusException {
        Table table =
                new Table("CORPUS", "VERSIONS", "LATEST", "KEPT", "OF", "TOKENS", "TOKENIZER");
        try (Services services = Services.of(home)) {
            for (Corpus corpus :
                    services.corpora()
                            .listCorpora(
                                    ListCorporaRequest.newBuilder().setProject(project).build())
                            .getCorporaList()) {
                CorpusVersion latest = corpus.getLatest();
                boolean sealed = corpus.hasLatest();
                table.add(
                        corpus.getName(),
                        Integer.toString(corpus.getVersionsCount()),
                        sealed ? latest.getVersion() : "-",
                        sealed ? Long.toString(latest.getKeptDocuments()) : "-",
                        sealed ? Long.toString(latest.getDocuments()) : "-",
                        sealed ? Long.toString(latest.getTokens()) : "-",
                        sealed ? latest.getTokenizer() : "-");
            }
        }
        out.print(table);
    }

    @Command(
            name = "report",
            mixinStandardHelpOptions = true,
            description = "Shows what each rule removed and what was redacted, with samples.")
    void report(
            @Parameters(
                            paramLabel = "CORPUS[@VERSION]",
                            description = "Default: the version sealed last.")
                    String corpus)
            throws StatusException {
        int at = corpus.indexOf('@');
        try (Services services = Services.of(home)) {
            print(
                    services.corpora()
                            .getReport(
                                    GetReportRequest.newBuilder()
                                            .setProject(project)
                                            .setCorpus(at < 0 ? corpus : corpus.substring(0, at))
                                            .setVersion(at < 0 ? "" : corpus.substring(at + 1))
                                            .build()));
        }
    }

    private void print(GetReportResponse report) {
        print(report.getVersion());
        out.printf(
                "%s came, %s are kept%n%n",
                Words.bytes(report.getBytes()), Words.bytes(report.getKeptBytes()));
        Table counts = new Table("REMOVED BY", "DOCUMENTS");
        report.getRulesList()
                .forEach(rule -> counts.add(rule.getRule(), Long.toString(rule.getDocuments())));
        out.println(counts);
        Table redactions = new Table("REDACTED", "PLACES");
        report.getRedactionsList()
                .forEach(
                        each ->
                                redactions.add(
                                        each.getKind(), Long.toString(each.getRedactions())));
        out.println(redactions);
        for (RuleReport rule : report.getRulesList()) {
            out.println("removed by " + rule.getRule());
            for (RemovalSample sample : rule.getSamplesList()) {
                out.println("  " + sample.getDocumentId() + ": " + sample.getMeasured());
                out.println("    " + sample.getExcerpt());
            }
        }
        for (RedactionReport redaction : report.getRedactionsList()) {
            out.println("redacted " + redaction.getKind());
            for (PlaceSample sample : redaction.getSamplesList()) {
                out.println("  " + sample.getDocumentId() + ": " + sample.getContext());
            }
        }
    }
}
