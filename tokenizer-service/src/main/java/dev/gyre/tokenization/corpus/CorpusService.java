package dev.gyre.tokenization.corpus;

import dev.gyre.artifacts.ArtifactStore;
import dev.gyre.artifacts.shards.CorpusManifest;
import dev.gyre.events.Event;
import dev.gyre.events.EventPublisher;
import dev.gyre.events.KafkaSettings;
import dev.gyre.events.ProtoTime;
import dev.gyre.events.Topic;
import dev.gyre.proto.corpus.v1.CorpusVersion;
import dev.gyre.proto.corpus.v1.CorpusVersionEvent;
import dev.gyre.proto.corpus.v1.CorpusVersionSealed;
import dev.gyre.tokenization.corpus.Corpora.Sealed;
import dev.gyre.tokenization.corpus.text.CorpusRules;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.BiConsumer;

/// The corpora of one replica: its share of the stream, what it sends, what it seals.
final class CorpusService implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final CorpusStore store;
    private final DocumentEvents events;
    private final EventPublisher publisher;
    private final Corpora corpora;
    private final CorpusStreams streams;
    private final Clock clock;

    /// How a replica is set up; see [CorpusConfig].
    record Settings(
            Path state,
            CorpusRules rules,
            int threads,
            int inlineTextBytes,
            Duration commitInterval,
            Duration sealTimeout,
            long rocksdbBytes) {
        static Settings of(CorpusConfig config) {
            return new Settings(
                    config.state(),
                    config.rules().map(Cleaning::read).orElse(CorpusRules.DEFAULT),
                    config.threads(),
                    config.inlineTextBytes(),
                    config.commitInterval(),
                    config.sealTimeout(),
                    config.rocksdbBytes());
        }
    }

    /// Starts the replica.
    ///
    /// @param log told what went wrong, in words and with the exception
    CorpusService(
            KafkaSettings kafka,
            ArtifactStore artifacts,
            Tokenizers tokenizers,
            Settings settings,
            Clock clock,
            BiConsumer<String, Throwable> log) {
        Cleaning cleaning = new Cleaning(settings.rules());
        this.clock = clock;
        this.store = new CorpusStore(artifacts);
        this.events = new DocumentEvents(store, clock);
        this.corpora =
                new Corpora(
                        kafka,
                        store,
                        cleaning,
                        tokenizers,
                        settings.state(),
                        settings.sealTimeout());
        this.streams =
                new CorpusStreams(
                        kafka,
                        CorpusTopology.of(
                                kafka, events, store, cleaning, settings.inlineTextBytes()),
                        settings,
                        log);
        this.publisher = new EventPublisher(kafka, "tokenizer-service");
    }

    CorpusStore store() {
        return store;
    }

    boolean isAlive() {
        return streams.isAlive();
    }

    /// Sends documents; returns when the broker has them.
    void add(List<Document> documents, String subject) throws IOException {
        events.publish(publisher, documents, subject);
    }

    /// Seals a corpus and announces the version.
    Sealed seal(Corpora.Wish wish, String subject, Corpora.Progress progress)
            throws IOException, InterruptedException {
        Sealed sealed = corpora.seal(wish, progress);
        CorpusVersion version = message(sealed);
        CorpusVersionSealed event =
                CorpusVersionSealed.newBuilder()
                        .setVersion(version)
                        .setSealedBy(subject)
                        .setTime(ProtoTime.of(clock.instant()))
                        .build();
        publisher.publish(
                Topic.CORPUS_SHARDS,
                Event.of(
                        UUID.randomUUID().toString(),
                        String.join(
                                "/",
                                version.getProject(),
                                version.getCorpus(),
                                version.getVersion()),
                        CorpusVersionEvent.newBuilder().setSealed(event).build(),
                        clock.instant()),
                LIMIT);
        return sealed;
    }

    /// A version as messages have it.
    static CorpusVersion message(Sealed sealed) {
        CorpusManifest manifest = sealed.manifest();
        CorpusName name = new CorpusName(manifest.project(), manifest.corpus());
        return CorpusVersion.newBuilder()
                .setProject(manifest.project())
                .setCorpus(manifest.corpus())
                .setVersion(manifest.version())
                .setFolder(CorpusStore.folder(name, manifest.version()))
                .setManifestSha256(sealed.sha256())
                .setTokenizer(manifest.tokenizer())
                .setDocuments(manifest.documents())
                .setKeptDocuments(manifest.keptDocuments())
                .setTokens(manifest.tokens())
                .build();
    }

    @Override
    public void close() {
        streams.close();
        publisher.close();
    }
}
