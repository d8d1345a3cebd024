package dev.gyre.tokenization.corpus;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gyre.access.FailureException;
import dev.gyre.artifacts.Manifest.PackageFile;
import dev.gyre.artifacts.Sha256;
import dev.gyre.artifacts.shards.CorpusManifest;
import dev.gyre.artifacts.shards.TokenShardWriter;
import dev.gyre.proto.corpus.v1.DocumentState;
import dev.gyre.proto.corpus.v1.KeptDocument;
import dev.gyre.proto.corpus.v1.RemovedDocument;
import dev.gyre.tokenization.corpus.CorpusState.Duplicate;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Writes one version of a corpus out of its gathered state: every document in the order of ids is
/// either tokenised into the shards or removed for one reason.
final class Sealing implements CorpusState.Visitor {
    /// Every document with what became of it, one JSON object a line.
    static final String DOCUMENTS = "documents.jsonl";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int EXCERPT_CHARACTERS = 300;

    private final CorpusName corpus;
    private final CorpusStore store;
    private final Cleaning cleaning;
    private final Tokenizers.Named tokenizer;
    private final Separator separator;
    private final long shardTokens;
    private final Path folder;
    private final TokenShardWriter shards;
    private final BufferedWriter list;
    private final CommittedReader.Progress progress;
    private final Report.Builder report = new Report.Builder();
    private long documents;
    private long bytes;
    private long keptBytes;

    /// The token behind each document.
    ///
    /// @param text null: none
    /// @param id -1 without one
    record Separator(@Nullable String text, int id) {
        private static final String USUAL = "<|endoftext|>";

        /// @param asked empty: the usual one where the tokenizer has it; `none`: none
        static Separator of(Tokenizers.Named tokenizer, String asked) {
            if (asked.equals("none")) {
                return new Separator(null, -1);
            }
            String text = asked.isEmpty() ? USUAL : asked;
            int id = tokenizer.tokenizer().addedTokenId(text).orElse(-1);
            if (id < 0 && !asked.isEmpty()) {
                throw FailureException.invalid(
                        "separator",
                        "%s has no added token '%s'; name one of %s, or none"
                                .formatted(
                                        tokenizer.reference(),
                                        asked,
                                        tokenizer.tokenizer().specialTokens().keySet()));
            }
            return new Separator(id < 0 ? null : text, id);
        }
    }

    /// @param folder an empty folder for the files
    Sealing(
            CorpusName corpus,
            CorpusStore store,
            Cleaning cleaning,
            Tokenizers.Named tokenizer,
            Separator separator,
            long shardTokens,
            Path folder,
            CommittedReader.Progress progress)
            throws IOException {
        this.corpus = corpus;
        this.store = store;
        this.cleaning = cleaning;
        this.tokenizer = tokenizer;
        this.separator = separator;
        this.shardTokens = shardTokens;
        this.folder = folder;
        this.progress = progress;
        this.shards =
                new TokenShardWriter(
                        folder,
                        TokenShardWriter.tokenBytes(tokenizer.tokenizer().vocabularySize()),
                        shardTokens);
        this.list = Files.newBufferedWriter(folder.resolve(DOCUMENTS));
    }

    @Override
    public void visit(
            String id, DocumentState document, @Nullable Duplicate exact, @Nullable Duplicate near)
            throws IOException {
        documents++;
        bytes += document.getBytes();
        if (!document.getRulesSha256().equals(cleaning.sha256())) {
            throw FailureException.conflict(
                    "document '%s' was cleaned by other rules (%s) than those in force (%s); add the corpus again, or put the rules back"
                            .formatted(
                                    id,
                                    document.getRulesSha256().substring(0, 8),
                                    cleaning.sha256().substring(0, 8)));
        }
        if (document.hasRemoved()) {
            RemovedDocument removed = document.getRemoved();
            remove(id, removed.getRule(), removed.getMeasured(), removed.getExcerpt());
            return;
        }
        String text = text(document.getKept());
        if (exact != null) {
            remove(id, "exact-duplicate", "same text as " + exact.of(), excerpt(text));
        } else if (near != null) {
            String measured =
                    String.format(
                            Locale.ROOT,
                            "estimated Jaccard similarity %.3f to %s, limit %.3f",
                            near.similarity(),
                            near.of(),
                            cleaning.rules().deduplication().threshold());
            remove(id, "near-duplicate", measured, excerpt(text));
        } else {
            keep(id, document.getKept(), text);
        }
        progress.at(documents, 0);
    }

    private String text(KeptDocument kept) throws IOException {
        return kept.hasArtifact()
                ? store.text(corpus, kept.getArtifact(), Integer.MAX_VALUE)
                : kept.getText();
    }

    private void keep(String id, KeptDocument kept, String text) throws IOException {
        int[] ids = tokenizer.tokenizer().encode(text);
        if (separator.id() >= 0) {
            ids = Arrays.copyOf(ids, ids.length + 1);
            ids[ids.length - 1] = separator.id();
        }
        shards.add(id, ids);
        keptBytes += text.getBytes(StandardCharsets.UTF_8).length;
        kept.getRedactionsMap().forEach(report::redact);
        kept.getSamplesList()
                .forEach(
                        sample ->
                                report.sample(
                                        sample.getKind(),
                                        new Report.Place(id, sample.getContext())));
        line(JSON.createObjectNode().put("id", id).put("tokens", ids.length));
    }

    private void remove(String id, String rule, String measured, String excerpt)
            throws IOException {
        report.remove(rule, new Report.Removal(id, measured, excerpt));
        line(JSON.createObjectNode().put("id", id).put("rule", rule).put("measured", measured));
    }

    private void line(ObjectNode line) throws IOException {
        list.append(line.toString()).append('\n');
    }

    private static String excerpt(String text) {
        int end = Math.min(text.length(), EXCERPT_CHARACTERS);
        if (end < text.length() && Character.isLowSurrogate(text.charAt(end))) {
            end--;
        }
        return text.substring(0, end).replaceAll("\\s+", " ");
    }

    /// Ends the files and puts the version into the store.
    ///
    /// @throws FailureException when there was no document
    CorpusManifest publish() throws IOException {
        if (documents == 0) {
            throw FailureException.notFound(
                    "there is no corpus %s; 'gyre corpus add' makes one".formatted(corpus));
        }
        shards.finish();
        list.close();
        Files.write(folder.resolve(Report.FILE_NAME), report.build().toJson());
        TreeMap<String, PackageFile> files = new TreeMap<>();
        for (Path file : shards.files()) {
            describe(file, files);
        }
        describe(folder.resolve(DOCUMENTS), files);
        describe(folder.resolve(Report.FILE_NAME), files);
        CorpusManifest manifest =
                new CorpusManifest(
                                CorpusManifest.SCHEMA_VERSION,
                                corpus.project(),
                                corpus.corpus(),
                                "",
                                tokenizer.reference(),
                                tokenizer.sha256(),
                                tokenizer.tokenizer().vocabularySize(),
                                separator.text(),
                                separator.id(),
                                TokenShardWriter.tokenBytes(tokenizer.tokenizer().vocabularySize()),
                                shardTokens,
                                shards.tokens(),
                                documents,
                                shards.documents(),
                                shards.documentIdsSha256(),
                                bytes,
                                keptBytes,
                                cleaning.asMap(),
                                cleaning.sha256(),
                                report.removed(),
                                report.redacted(),
                                files)
                        .named();
        store.publish(
                corpus, manifest.version(), folder, List.copyOf(files.keySet()), manifest.toJson());
        return manifest;
    }

    private static void describe(Path file, TreeMap<String, PackageFile> files) throws IOException {
        files.put(
                String.valueOf(file.getFileName()),
                new PackageFile(Files.size(file), Sha256.of(file)));
    }

    /// Closes the files, whole or not.
    void close() throws IOException {
        shards.close();
        list.close();
    }
}
