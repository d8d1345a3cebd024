package dev.gyre.tokenization.corpus;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBufferManager;

/// One bound for the memory of all stores of the process: blocks, their indexes and what is not yet
/// written to disk. Kafka Streams makes one instance a store, so that what is shared is static.
public final class RocksDbLimits implements RocksDBConfigSetter {
    /// Setting with the bound in bytes.
    static final String BYTES = "gyre.rocksdb.bytes";

    private static final int WRITE_BUFFER_BYTES = 4 << 20;

    /// Shared by all stores, for as long as the process runs.
    private static final class Shared {
        private final Cache cache;
        private final WriteBufferManager buffers;

        private Shared(long bytes) {
            RocksDB.loadLibrary();
            cache = new LRUCache(bytes);
            buffers = new WriteBufferManager(bytes / 2, cache);
        }

        @SuppressWarnings("NullAway.Init")
        private static Shared instance;

        private static synchronized Shared of(long bytes) {
            if (instance == null) {
                instance = new Shared(bytes);
            }
            return instance;
        }
    }

    /// Made by Kafka Streams.
    public RocksDbLimits() {}

    @Override
    public void setConfig(String store, Options options, Map<String, Object> configs) {
        Shared shared = Shared.of(Long.parseLong(String.valueOf(configs.get(BYTES))));
        BlockBasedTableConfig table = (BlockBasedTableConfig) options.tableFormatConfig();
        table.setBlockCache(shared.cache);
        table.setCacheIndexAndFilterBlocks(true);
        options.setTableFormatConfig(table);
        options.setWriteBufferManager(shared.buffers);
        options.setWriteBufferSize(WRITE_BUFFER_BYTES);
        options.setMaxWriteBufferNumber(2);
    }

    @Override
    public void close(String store, Options options) {
        // what is shared stays
    }
}
