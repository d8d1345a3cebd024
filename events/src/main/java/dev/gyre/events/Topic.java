package dev.gyre.events;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;

/// Every topic: the table of docs/ARCHITECTURE.md in code.
public enum Topic {
    /// Documents for corpora; key: document id.
    CORPUS_DOCUMENTS("gyre.corpus.documents.v1", "anyone with the role", Kept.days(7)),
    /// Sealed versions of corpora; key: project, corpus and version.
    CORPUS_SHARDS("gyre.corpus.shards.v1", "tokenizer-service", Kept.COMPACTED),
    /// Whole state of each training of a tokenizer; key: training id.
    TOKENIZER_TRAININGS("gyre.tokenizer.trainings.v1", "tokenizer-service", Kept.COMPACTED),
    /// Jobs that are wanted; key: request id.
    JOB_REQUESTS("gyre.training.job-requests.v1", "feedback-service", Kept.days(30)),
    /// Whole state of each job; key: job id.
    JOBS("gyre.training.jobs.v1", "trainer-service", Kept.COMPACTED),
    /// Progress and candidates; key: job id.
    JOB_EVENTS("gyre.training.job-events.v1", "trainer-service", Kept.days(90)),
    /// Answers that ended; key: completion id.
    COMPLETIONS("gyre.inference.completions.v1", "inference-service", Kept.days(30)),
    /// Versions loaded and warm; key: replica.
    REPLICAS("gyre.inference.replicas.v1", "inference-service", Kept.COMPACTED),
    /// Ratings; key: rated item.
    RATINGS("gyre.feedback.ratings.v1", "feedback-service", Kept.FOREVER),
    /// Sealed data sets; key: data set.
    DATASETS("gyre.feedback.datasets.v1", "feedback-service", Kept.COMPACTED),
    /// Whole state of each release line; key: project and line.
    RELEASES("gyre.models.releases.v1", "feedback-service", Kept.COMPACTED);

    /// Partitions of every topic: the most replicas that can share its work.
    public static final int PARTITIONS = 4;

    private final String topicName;
    private final String writer;
    private final Kept kept;

    Topic(String topicName, String writer, Kept kept) {
        this.topicName = topicName;
        this.writer = writer;
        this.kept = kept;
    }

    /// How long records are kept.
    ///
    /// @param compacted whether only the last record of each key is kept
    /// @param retention age at which records are deleted; negative: never
    record Kept(boolean compacted, Duration retention) {
        static final Kept COMPACTED = new Kept(true, Duration.ofMillis(-1));
        static final Kept FOREVER = new Kept(false, Duration.ofMillis(-1));

        static Kept days(int days) {
            return new Kept(false, Duration.ofDays(days));
        }

        @Override
        public String toString() {
            if (compacted) {
                return "compacted";
            }
            return retention.isNegative() ? "forever" : retention.toDays() + " days";
        }
    }

    /// Name without prefix, for example `gyre.training.jobs.v1`.
    public String topicName() {
        return topicName;
    }

    /// The only service that writes it, or `anyone with the role`.
    public String writer() {
        return writer;
    }

    /// How long its records are kept, in words: `compacted`, `forever` or `30 days`.
    public String keptInWords() {
        return kept.toString();
    }

    /// Name of the topic for records that could not be read.
    ///
    /// @param topic full name of a topic, with its prefix
    static String deadLetters(String topic) {
        return topic + ".dlq";
    }

    NewTopic definition(String prefix) {
        return new NewTopic(prefix + topicName, PARTITIONS, (short) -1)
                .configs(
                        Map.of(
                                TopicConfig.CLEANUP_POLICY_CONFIG,
                                kept.compacted()
                                        ? TopicConfig.CLEANUP_POLICY_COMPACT
                                        : TopicConfig.CLEANUP_POLICY_DELETE,
                                TopicConfig.RETENTION_MS_CONFIG,
                                Long.toString(kept.retention().toMillis())));
    }

    NewTopic deadLettersDefinition(String prefix) {
        return new NewTopic(deadLetters(prefix + topicName), 1, (short) -1)
                .configs(Map.of(TopicConfig.RETENTION_MS_CONFIG, "-1"));
    }
}
