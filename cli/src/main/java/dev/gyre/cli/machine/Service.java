package dev.gyre.cli.machine;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The four services with the ports of design section 3.
public enum Service {
    /// Raters, ratings, data sets, releases and the console.
    FEEDBACK("feedback-service", 8080, "feedback"),
    /// Generation.
    INFERENCE("inference-service", 8081, null),
    /// Jobs.
    TRAINER("trainer-service", 8082, "trainer"),
    /// Tokenizers.
    TOKENIZER("tokenizer-service", 8083, null);

    private static final int GRPC_DISTANCE = 1000;
    private static final int MANAGEMENT_DISTANCE = 2000;

    private final String processName;
    private final int httpPort;
    private final @Nullable String database;

    Service(String processName, int httpPort, @Nullable String database) {
        this.processName = processName;
        this.httpPort = httpPort;
        this.database = database;
    }

    /// Name of its module, its process and its log.
    public String processName() {
        return processName;
    }

    /// Port of HTTP.
    public int httpPort(int offset) {
        return httpPort + offset;
    }

    /// Port of gRPC.
    public int grpcPort(int offset) {
        return httpPort + GRPC_DISTANCE + offset;
    }

    /// Port of health and metrics.
    public int managementPort(int offset) {
        return httpPort + MANAGEMENT_DISTANCE + offset;
    }

    /// Name of its database, where it has one.
    Optional<String> database() {
        return Optional.ofNullable(database);
    }
}
