package dev.gyre.inference;

import dev.gyre.access.Identity;
import dev.gyre.access.Role;
import dev.gyre.access.TokenIssuer;
import dev.gyre.access.TokenVerifier;
import dev.gyre.events.Event;
import dev.gyre.events.EventConsumer;
import dev.gyre.events.EventPublisher;
import dev.gyre.events.EventRecord;
import dev.gyre.events.KafkaSettings;
import dev.gyre.events.Topic;
import dev.gyre.proto.inference.v1.CompletionEvent;
import dev.gyre.proto.inference.v1.CompletionFinished;
import dev.gyre.proto.inference.v1.LoadState;
import dev.gyre.proto.inference.v1.LoadedVersion;
import dev.gyre.proto.inference.v1.ReplicaEvent;
import dev.gyre.proto.releases.v1.ReleaseEvent;
import dev.gyre.proto.releases.v1.ReleaseLine;
import dev.gyre.proto.training.v1.ModelRef;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jspecify.annotations.Nullable;

/// The others, as a test of the service plays them: the issuer, feedback-service's releases,
/// readers of completions and replicas.
public final class Around implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final KafkaSettings kafka =
            new KafkaSettings(
                    config("gyre.kafka.bootstrap-servers"),
                    config("gyre.kafka.username"),
                    config("gyre.kafka.password"),
                    config("gyre.kafka.topic-prefix"));
    private final EventPublisher publisher = new EventPublisher(kafka, "feedback-service");
    private final TokenIssuer issuer =
            new TokenIssuer(
                    config(ServiceEnvironment.PRIVATE_KEYS), "gyre-local", Clock.systemUTC());
    private final Map<String, CompletionFinished> completions = new ConcurrentHashMap<>();
    private final Map<String, List<LoadedVersion>> replicas = new ConcurrentHashMap<>();
    private final List<EventConsumer> consumers;

    public Around() {
        kafka.createTopics(Topic.RELEASES, Topic.COMPLETIONS, Topic.REPLICAS);
        consumers =
                List.of(
                        read(Topic.COMPLETIONS, this::completion),
                        read(Topic.REPLICAS, this::replica));
    }

    private EventConsumer read(Topic topic, EventConsumer.Handler handler) {
        return new EventConsumer(
                kafka,
                topic,
                "test-" + UUID.randomUUID(),
                EventConsumer.Start.BEGINNING,
                handler,
                (_, _) -> {});
    }

    private void completion(EventRecord record) {
        CompletionFinished finished = record.parse(CompletionEvent.parser()).getFinished();
        completions.put(finished.getCompletionId(), finished);
    }

    private void replica(EventRecord record) {
        var state = record.parse(ReplicaEvent.parser()).getReplicaChanged();
        replicas.put(state.getReplica(), state.getVersionsList());
    }

    /// A token of a person with that role and projects.
    public String token(Role role, String... projects) {
        return issuer.mint(
                new Identity("anna", Set.of(role), List.of(projects)),
                TokenVerifier.ACCESS,
                Duration.ofHours(1));
    }

    /// Says that a line serves a version of the tiny model.
    public void release(String project, String line, long epoch, String version) {
        ReleaseEvent event =
                ReleaseEvent.newBuilder()
                        .setLineChanged(
                                ReleaseLine.newBuilder()
                                        .setProject(project)
                                        .setName(line)
                                        .setEpoch(epoch)
                                        .setPromoted(
                                                ModelRef.newBuilder()
                                                        .setName("tiny")
                                                        .setVersion(version)))
                        .build();
        publisher.publish(
                Topic.RELEASES,
                Event.of(UUID.randomUUID().toString(), project + "/" + line, event, Instant.now()),
                LIMIT);
    }

    /// The same, and waits until the replica tells that it is warm.
    public void releaseAndWait(String project, String line, long epoch, String version) {
        release(project, line, epoch, version);
        awaitState(project, line, epoch, LoadState.LOAD_STATE_WARM);
    }

    /// Waits until the replica tells that state of a line's epoch.
    public LoadedVersion awaitState(String project, String line, long epoch, LoadState state) {
        await(() -> find(project, line, epoch, state) != null);
        return Objects.requireNonNull(find(project, line, epoch, state));
    }

    private @Nullable LoadedVersion find(String project, String line, long epoch, LoadState state) {
        return replicas.getOrDefault("replica-1", List.of()).stream()
                .filter(
                        version ->
                                version.getProject().equals(project)
                                        && version.getReleaseLine().equals(line)
                                        && version.getReleaseEpoch() == epoch
                                        && version.getState() == state)
                .findFirst()
                .orElse(null);
    }

    /// What the replica has told last.
    public List<LoadedVersion> replica() {
        return replicas.getOrDefault("replica-1", List.of());
    }

    /// Waits for the event of an answer.
    public CompletionFinished completion(String id) {
        await(() -> completions.containsKey(id));
        return Objects.requireNonNull(completions.get(id));
    }

    /// Events of answers so far.
    public Map<String, CompletionFinished> completions() {
        return Map.copyOf(completions);
    }

    /// Waits until something holds, a minute at most.
    public static void await(BooleanSupplier condition) {
        Instant deadline = Instant.now().plus(LIMIT);
        while (!condition.getAsBoolean()) {
            if (Instant.now().isAfter(deadline)) {
                throw new AssertionError("did not happen within " + LIMIT);
            }
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(e);
            }
        }
    }

    /// A value of the service's configuration.
    public static String config(String name) {
        return ConfigProvider.getConfig().getValue(name, String.class);
    }

    @Override
    public void close() {
        consumers.forEach(EventConsumer::close);
        publisher.close();
    }
}
