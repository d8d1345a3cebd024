package dev.gyre.training.worker;

import dev.gyre.artifacts.shards.CorpusManifest;
import dev.gyre.artifacts.shards.CorpusVersion;
import dev.gyre.artifacts.shards.TokenShards;
import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.training.text.CorpusTokens;
import dev.gyre.training.text.TokenStream;
import java.io.IOException;
import java.util.List;

/// Opens a sealed corpus, whose tokens stay in the mapped shards, with the tokenizer that it was
/// sealed with.
final class CorpusPreparation {
    /// Most token ids. The largest vocabularies that are known have so many (Gemma's 262,144); the
    /// logits of a step then take 1 MB a token.
    private static final int MOST_IDS = 1 << 18;

    /// Versions that an error names at most.
    private static final int NAMED_VERSIONS = 5;

    private final JobContext job;
    private final CorpusVersion corpus;

    CorpusPreparation(JobContext job, CorpusVersion corpus) {
        this.job = job;
        this.corpus = corpus;
    }

    /// @throws IllegalArgumentException when the corpus is not there, is damaged, or cannot be
    ///   trained on; the message says what to do
    PretrainText prepare() throws IOException {
        checkExists();
        job.run().begin("checking the corpus", 0, 0);
        TokenShards shards = TokenShards.open(job.location().resolve(corpus.folder()));
        try {
            return text(shards);
        } catch (IOException | RuntimeException failure) {
            shards.close();
            throw failure;
        }
    }

    private PretrainText text(TokenShards shards) throws IOException {
        CorpusManifest manifest = shards.manifest();
        TextTokenizer tokenizer = tokenizer(manifest);
        CorpusTokens tokens = new CorpusTokens(shards);
        List<int[]> holdout = tokens.heldOut(PretrainText.FINAL_TOKENS);
        return new PretrainText(
                tokenizer,
                new TokenStream(tokens),
                tokens.documents(),
                holdout.stream().map(tokenizer.tokenizer()::decode).toList(),
                holdout,
                null,
                shards);
    }

    private void checkExists() throws IOException {
        if (job.store().exists(corpus.folder() + "/" + CorpusManifest.FILE_NAME)) {
            return;
        }
        List<String> versions = job.store().folders(corpus.versionsFolder());
        if (versions.isEmpty()) {
            throw new IllegalArgumentException(
                    "project %s has no sealed corpus %s; 'gyre corpus list' shows those that it has, 'gyre corpus seal' makes a version"
                            .formatted(corpus.project(), corpus.corpus()));
        }
        throw new IllegalArgumentException(
                "corpus %s of project %s has no version %s; it has %s"
                        .formatted(
                                corpus.corpus(),
                                corpus.project(),
                                corpus.version(),
                                String.join(
                                        ", ",
                                        versions.subList(
                                                0, Math.min(versions.size(), NAMED_VERSIONS)))));
    }

    private TextTokenizer tokenizer(CorpusManifest manifest) throws IOException {
        checkIsAsked(manifest);
        String separator = manifest.separator();
        if (separator == null) {
            throw new IllegalArgumentException(
                    "corpus %s was sealed without a separator, so that nothing ends a text; seal it with --separator TOKEN, or with a tokenizer that has <|endoftext|>"
                            .formatted(corpus));
        }
        if (manifest.vocabularySize() > MOST_IDS) {
            throw new IllegalArgumentException(
                    "the tokenizer %s of corpus %s has %d ids, the limit is %d; seal the corpus with a smaller one"
                            .formatted(
                                    manifest.tokenizer(),
                                    corpus,
                                    manifest.vocabularySize(),
                                    MOST_IDS));
        }
        StoredTokenizer stored =
                StoredTokenizer.load(
                        job.location(), manifest.tokenizer(), manifest.tokenizerSha256());
        Tokenizer tokenizer = stored.tokenizer();
        if (tokenizer.vocabularySize() != manifest.vocabularySize()) {
            throw new IllegalArgumentException(
                    "the tokenizer %s has %d ids, the manifest of corpus %s says %d; seal it again"
                            .formatted(
                                    manifest.tokenizer(),
                                    tokenizer.vocabularySize(),
                                    corpus,
                                    manifest.vocabularySize()));
        }
        return new TextTokenizer(tokenizer, stored.file(), separator, manifest.separatorId());
    }

    /// The manifest's hash is its version, so a change of any file shows.
    private void checkIsAsked(CorpusManifest manifest) {
        CorpusVersion found =
                new CorpusVersion(
                        manifest.project(), manifest.corpus(), manifest.named().version());
        if (!found.equals(corpus)) {
            throw new IllegalArgumentException(
                    "%s/%s is that of %s of project %s; copy the version again"
                            .formatted(
                                    corpus.folder(),
                                    CorpusManifest.FILE_NAME,
                                    found,
                                    found.project()));
        }
    }
}
