package dev.gyre.tokenization.corpus;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// How corpora are gathered. The defaults fit a heap of 512 MB and 64 MB beside it.
@ConfigMapping(prefix = "gyre.corpus")
interface CorpusConfig {
    /// Folder of the stream's state. What is lost there is read again from Kafka.
    @WithDefault("${java.io.tmpdir}/gyre-corpus")
    Path state();

    /// JSON file with the rules that differ from the defaults. All replicas need the same.
    Optional<Path> rules();

    /// Threads that clean and compare.
    @WithDefault("2")
    int threads();

    /// Longest clean text that is kept in the stream's state, in bytes of UTF-8; longer ones become
    /// files of the artifact store, of which many small ones would be slow.
    @WithDefault("16384")
    int inlineTextBytes();

    /// How long what is processed may wait for its transaction to end. Each one costs some
    /// requests.
    @WithDefault("500ms")
    Duration commitInterval();

    /// How long sealing waits for the replicas to process what was acknowledged.
    @WithDefault("30m")
    Duration sealTimeout();

    /// Memory for RocksDB's blocks and unwritten records together, in bytes, beside the heap.
    @WithDefault("50331648")
    long rocksdbBytes();
}
