package dev.gyre.tokenization.corpus;

import dev.gyre.access.Failure;
import dev.gyre.access.FailureException;
import dev.gyre.artifacts.Sha256;
import dev.gyre.artifacts.shards.CorpusManifest;
import dev.gyre.events.KafkaSettings;
import dev.gyre.events.Topic;
import dev.gyre.proto.corpus.v1.DocumentState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/// Seals corpora.
final class Corpora {
    /// Tokens in a shard where nothing is asked: 64 MiB of two-byte ids.
    static final long DEFAULT_SHARD_TOKENS = 1L << 25;

    private static final long LEAST_SHARD_TOKENS = 1 << 10;
    private static final long MOST_SHARD_TOKENS = 1 << 30;

    /// How often documents may come in between before sealing gives up.
    private static final int TRIES = 5;

    private static final Duration POLL = Duration.ofMillis(200);

    private final KafkaSettings kafka;
    private final CorpusStore store;
    private final Cleaning cleaning;
    private final Tokenizers tokenizers;
    private final Path work;
    private final Duration limit;
    private final Set<CorpusName> sealing = ConcurrentHashMap.newKeySet();

    /// @param work folder for what sealing needs meanwhile
    /// @param limit how long it waits for the replicas
    Corpora(
            KafkaSettings kafka,
            CorpusStore store,
            Cleaning cleaning,
            Tokenizers tokenizers,
            Path work,
            Duration limit) {
        this.kafka = kafka;
        this.store = store;
        this.cleaning = cleaning;
        this.tokenizers = tokenizers;
        this.work = work;
        this.limit = limit;
    }

    /// What is wanted.
    ///
    /// @param separator see [Sealing.Separator#of]
    /// @param shardTokens 0: the default
    record Wish(CorpusName corpus, String tokenizer, String separator, long shardTokens) {
        Wish {
            shardTokens = shardTokens == 0 ? DEFAULT_SHARD_TOKENS : shardTokens;
            if (shardTokens < LEAST_SHARD_TOKENS || shardTokens > MOST_SHARD_TOKENS) {
                throw FailureException.invalid(
                        "shard_tokens",
                        "shard_tokens is %d, it must be from %d to %d"
                                .formatted(shardTokens, LEAST_SHARD_TOKENS, MOST_SHARD_TOKENS));
            }
        }
    }

    /// Told how far sealing is; may throw to end it.
    interface Progress {
        /// @param phase `waiting`, `reading` or `writing`
        /// @param total 0: not known
        void at(String phase, long done, long total);
    }

    /// A version with the hash of its manifest.
    record Sealed(CorpusManifest manifest, String sha256) {
        static Sealed of(CorpusManifest manifest) {
            return new Sealed(manifest, Sha256.of(manifest.toJson()));
        }
    }

    /// Seals all documents of a corpus that are acknowledged by now.
    Sealed seal(Wish wish, Progress progress) throws IOException, InterruptedException {
        Tokenizers.Named tokenizer = tokenizers.find(wish.tokenizer());
        Sealing.Separator separator = Sealing.Separator.of(tokenizer, wish.separator());
        if (!sealing.add(wish.corpus())) {
            throw new FailureException(
                    new Failure.Busy(
                            wish.corpus() + " is being sealed; try again when that is done",
                            Duration.ofSeconds(10)));
        }
        Path folder = work.resolve("sealing-" + UUID.randomUUID());
        try (CommittedReader reader = new CommittedReader(kafka)) {
            Files.createDirectories(folder);
            for (int attempt = 0; attempt < TRIES; attempt++) {
                Path place = folder.resolve("state-" + attempt);
                try (CorpusState state = new CorpusState(wish.corpus(), place)) {
                    if (gather(reader, state, progress)) {
                        return write(wish, tokenizer, separator, state, folder, progress);
                    }
                }
            }
            throw FailureException.conflict(
                    "documents came into %s while it was sealed; seal it again when they are all there"
                            .formatted(wish.corpus()));
        } finally {
            sealing.remove(wish.corpus());
            CorpusState.delete(folder);
        }
    }

    /// Gathers what all replicas know. The band index is read first: when no document that the
    /// other changelog has is newer than the ends that were waited for, the index has none either,
    /// and both show the same moment.
    ///
    /// @return false when documents came in between
    private boolean gather(CommittedReader reader, CorpusState state, Progress progress)
            throws InterruptedException {
        Map<TopicPartition, Long> ends = reader.ends(kafka.nameOf(Topic.CORPUS_DOCUMENTS));
        awaitRead(reader, ends, progress);
        awaitRead(reader, reader.ends(CorpusTopology.bandsTopic(kafka)), progress);
        reader.read(
                CorpusTopology.changelog(kafka, CorpusTopology.BANDS),
                record -> state.takeMember(record.key(), record.value()),
                (done, total) -> progress.at("reading", done, total));
        Map<Integer, Long> endOf = new HashMap<>();
        ends.forEach((partition, end) -> endOf.put(partition.partition(), end));
        boolean[] late = new boolean[1];
        reader.read(
                CorpusTopology.changelog(kafka, CorpusTopology.DOCUMENTS),
                record -> {
                    @Nullable DocumentState document =
                            state.takeDocument(record.key(), record.value());
                    late[0] |=
                            document != null
                                    && document.getOffset()
                                            >= endOf.getOrDefault(document.getPartition(), 0L);
                },
                (done, total) -> progress.at("reading", done, total));
        return !late[0];
    }

    private void awaitRead(
            CommittedReader reader, Map<TopicPartition, Long> ends, Progress progress)
            throws InterruptedException {
        String group = CorpusTopology.applicationId(kafka);
        long deadline = System.nanoTime() + limit.toNanos();
        long first = -1;
        for (long unread = reader.unread(group, ends);
                unread > 0;
                unread = reader.unread(group, ends)) {
            first = Math.max(first, unread);
            progress.at("waiting", first - unread, first);
            if (System.nanoTime() > deadline) {
                throw FailureException.unavailable(
                        "%d records are not processed after %s; look whether tokenizer-service runs, or raise gyre.corpus.seal-timeout"
                                .formatted(unread, limit));
            }
            Thread.sleep(POLL);
        }
    }

    private Sealed write(
            Wish wish,
            Tokenizers.Named tokenizer,
            Sealing.Separator separator,
            CorpusState state,
            Path folder,
            Progress progress)
            throws IOException {
        Sealing version =
                new Sealing(
                        wish.corpus(),
                        store,
                        cleaning,
                        tokenizer,
                        separator,
                        wish.shardTokens(),
                        Files.createDirectories(folder.resolve("version")),
                        (done, total) -> progress.at("writing", done, total));
        try {
            state.forEach(version);
            return Sealed.of(version.publish());
        } finally {
            version.close();
        }
    }
}
