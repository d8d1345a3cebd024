package dev.gyre.inference.models;

import dev.gyre.access.Failure;
import dev.gyre.access.FailureException;
import dev.gyre.access.Identity;
import dev.gyre.access.Role;
import dev.gyre.artifacts.ModelVersion;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/// Which version answers for which name.
///
/// A newly released version is loaded beside the one that serves the line. When it is warm, new
/// requests go to it; the old one ends the answers it has and is then unloaded. A version that
/// several lines serve is loaded once.
public final class Models implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Models.class);
    private static final Duration FIRST_RETRY = Duration.ofSeconds(2);
    private static final int MOST_DOUBLINGS = 5;

    private final LoadedVersions loaded;
    private final int mostExact;
    private final Map<ReleaseLineKey, Line> lines =
            new TreeMap<>(
                    Comparator.comparing(ReleaseLineKey::project)
                            .thenComparing(ReleaseLineKey::line));
    // versions asked for by their exact name, the least recently used first
    private final LinkedHashMap<ModelVersion, CompletableFuture<ServedModel>> exact =
            new LinkedHashMap<>(16, 0.75f, true);
    private Consumer<List<VersionState>> listener = _ -> {};

    /// What a line serves and what it should serve.
    private static final class Line {
        private Release wanted;
        private @Nullable ServedModel serving;
        private long servingEpoch;
        private @Nullable String failure;
        private int retries;

        private Line(Release wanted) {
            this.wanted = wanted;
        }
    }

    /// A line that answers.
    ///
    /// @param name name to use in requests
    /// @param model what answers now
    /// @param releaseEpoch epoch of the line that it answers for
    public record ServedLine(String name, ServedModel model, long releaseEpoch) {}

    /// @param config how many exact versions are kept
    public Models(ModelLoader loader, ModelsConfig config) {
        this(loader::load, config.maxLoaded());
    }

    /// @param loading makes a model out of a version
    /// @param mostExact versions kept loaded because somebody asked for them by their exact name
    Models(LoadedVersions.Loading loading, int mostExact) {
        this.loaded = new LoadedVersions(loading, this::changed);
        this.mostExact = mostExact;
    }

    /// Has every change told, beginning with the present state.
    synchronized void listen(Consumer<List<VersionState>> newListener) {
        listener = newListener;
        listener.accept(states());
    }

    /// Takes in what a release line says now. Returns at once; loading goes on in the background.
    synchronized void release(Release release) {
        Line line = lines.get(release.key());
        if (line != null && release.epoch() <= line.wanted.epoch()) {
            return;
        }
        if (line == null) {
            line = new Line(release);
            lines.put(release.key(), line);
        }
        line.wanted = release;
        line.failure = null;
        line.retries = 0;
        ModelVersion promoted = release.promoted();
        if (promoted == null) {
            stopServing(line);
        } else {
            load(release, promoted);
        }
        changed();
    }

    private void load(Release release, ModelVersion promoted) {
        LOG.infof("%s releases %s at epoch %d", release.key(), promoted, release.epoch());
        loaded.hold(promoted).whenComplete((model, failure) -> loaded(release, model, failure));
    }

    private synchronized void loaded(
            Release release, @Nullable ServedModel model, @Nullable Throwable failure) {
        Line line = lines.get(release.key());
        ModelVersion promoted = release.promoted();
        if (line == null || promoted == null) {
            return;
        }
        if (line.wanted.epoch() != release.epoch()) {
            loaded.release(promoted); // superseded while it was loading
        } else if (model == null || !isPromised(model, release)) {
            loaded.release(promoted);
            fail(line, release, model, failure);
        } else {
            line.failure = null;
            stopServing(line);
            line.serving = model;
            line.servingEpoch = release.epoch();
            LOG.infof("%s serves %s at epoch %d", release.key(), promoted, release.epoch());
        }
        changed();
    }

    private static boolean isPromised(ServedModel model, Release release) {
        return release.manifestSha256().isEmpty()
                || release.manifestSha256().equals(model.manifestSha256());
    }

    private void fail(
            Line line, Release release, @Nullable ServedModel model, @Nullable Throwable failure) {
        if (model != null) {
            line.failure =
                    release.promoted()
                            + " has the manifest "
                            + model.manifestSha256()
                            + ", the release line says "
                            + release.manifestSha256();
        } else {
            line.failure = String.valueOf(failure == null ? null : failure.getMessage());
        }
        boolean mayHeal = failure instanceof IOException;
        LOG.errorf(
                mayHeal ? null : failure,
                "%s cannot serve %s: %s",
                release.key(),
                release.promoted(),
                line.failure);
        if (mayHeal) {
            // the store may be away for a while, or behind the event
            long millis = FIRST_RETRY.toMillis() << Math.min(line.retries++, MOST_DOUBLINGS);
            CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS)
                    .execute(() -> retry(release));
        }
    }

    private synchronized void retry(Release release) {
        Line line = lines.get(release.key());
        ModelVersion promoted = release.promoted();
        if (line != null && promoted != null && line.wanted.epoch() == release.epoch()) {
            load(release, promoted);
        }
    }

    private void stopServing(Line line) {
        ServedModel old = line.serving;
        if (old != null) {
            line.serving = null;
            loaded.release(old.version());
        }
    }

    /// Lines of a project that answer, by name.
    public synchronized List<ServedLine> served(String project) {
        List<ServedLine> served = new ArrayList<>();
        lines.forEach(
                (key, line) -> {
                    if (key.project().equals(project) && line.serving != null) {
                        served.add(new ServedLine(key.line(), line.serving, line.servingEpoch));
                    }
                });
        return served;
    }

    /// Holds the model of that name. May wait for an exact version to load.
    ///
    /// @param project the caller's project
    /// @param name a release line of the project, or `name@version`
    /// @throws FailureException [Failure.NotFound] without such a model, [Failure.Unavailable] when
    ///   it is not loaded yet or cannot be, [Failure.Denied] when the caller may not ask for that
    ///   version, [Failure.Busy] when too many exact versions are in use
    public Lease lease(Identity caller, String project, String name) {
        return name.contains("@")
                ? leaseExact(caller, project, exactVersion(name))
                : leaseLine(project, name);
    }

    private synchronized Lease leaseLine(String project, String name) {
        Line line = lines.get(new ReleaseLineKey(project, name));
        if (line == null) {
            List<ServedLine> others = served(project);
            if (others.isEmpty()) {
                throw FailureException.unavailable(
                        "no model has been released in project "
                                + project
                                + " yet; import or train one and promote it");
            }
            throw FailureException.notFound(
                    "there is no model "
                            + name
                            + " in project "
                            + project
                            + "; there are "
                            + others.stream().map(ServedLine::name).toList());
        }
        ServedModel serving = line.serving;
        if (serving == null) {
            throw FailureException.unavailable(whyNot(line));
        }
        loaded.hold(serving.version());
        return lease(serving, name, line.servingEpoch);
    }

    private static String whyNot(Line line) {
        Release wanted = line.wanted;
        if (wanted.promoted() == null) {
            return wanted.key() + " has no promoted version; promote one";
        }
        return line.failure == null
                ? wanted.promoted() + " is being loaded; try again in a few seconds"
                : wanted.promoted() + " could not be loaded: " + line.failure;
    }

    private Lease leaseExact(Identity caller, String project, ModelVersion version) {
        CompletableFuture<ServedModel> loading;
        synchronized (this) {
            if (lines.values().stream()
                    .noneMatch(
                            line ->
                                    line.wanted.project().equals(project)
                                            && line.wanted.names(version))) {
                // loading any version costs memory that others need
                caller.checkRole(Role.OPERATOR, Role.SERVICE);
            }
            loading = loaded.hold(version);
            if (!exact.containsKey(version)) {
                makeRoom(version);
                loaded.hold(version);
                exact.put(version, loading);
            } else {
                exact.get(version); // now the most recently used
            }
            changed();
        }
        try {
            return lease(loading.join(), "", 0);
        } catch (CompletionException e) {
            forget(version);
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw FailureException.unavailable(
                    version + " could not be loaded: " + cause.getMessage());
        }
    }

    /// Lets the least recently used idle version go when there are too many.
    private void makeRoom(ModelVersion forVersion) {
        if (exact.size() < mostExact) {
            return;
        }
        ModelVersion idle = null;
        for (ModelVersion candidate : exact.keySet()) {
            if (isIdle(candidate)) {
                idle = candidate;
                break;
            }
        }
        if (idle == null) {
            loaded.release(forVersion);
            throw new FailureException(
                    new Failure.Busy(
                            exact.keySet()
                                    + " are in use, the limit is "
                                    + mostExact
                                    + " versions (gyre.models.max-loaded); try again later",
                            Duration.ofSeconds(5)));
        }
        exact.remove(idle);
        loaded.release(idle);
    }

    /// Whether nobody but the table and lines holds a version. One that a line serves stays loaded
    /// without the table, so it must not keep others out.
    private boolean isIdle(ModelVersion version) {
        long byLines =
                lines.values().stream()
                        .filter(
                                line ->
                                        line.serving != null
                                                && line.serving.version().equals(version))
                        .count();
        return loaded.holders(version) <= 1 + byLines;
    }

    private synchronized void forget(ModelVersion version) {
        loaded.release(version);
        if (exact.remove(version) != null) {
            loaded.release(version);
        }
        changed();
    }

    private Lease lease(ServedModel model, String line, long epoch) {
        return new Lease(model, line, epoch, () -> loaded.release(model.version()));
    }

    private static ModelVersion exactVersion(String name) {
        try {
            return ModelVersion.parse(name);
        } catch (IllegalArgumentException e) {
            throw FailureException.invalid("model", String.valueOf(e.getMessage()));
        }
    }

    private synchronized void changed() {
        listener.accept(states());
    }

    private List<VersionState> states() {
        List<VersionState> states = new ArrayList<>();
        for (Line line : lines.values()) {
            Release wanted = line.wanted;
            ServedModel serving = line.serving;
            if (serving != null) {
                states.add(
                        new VersionState(
                                wanted.key(),
                                line.servingEpoch,
                                serving.version(),
                                VersionState.Load.WARM,
                                ""));
            }
            ModelVersion promoted = wanted.promoted();
            if (promoted != null && (serving == null || line.servingEpoch != wanted.epoch())) {
                String failure = line.failure;
                states.add(
                        new VersionState(
                                wanted.key(),
                                wanted.epoch(),
                                promoted,
                                failure == null
                                        ? VersionState.Load.LOADING
                                        : VersionState.Load.FAILED,
                                failure == null ? "" : failure));
            }
        }
        addWithoutLine(states);
        return states;
    }

    private void addWithoutLine(List<VersionState> states) {
        for (ModelVersion version : loaded.versions().stream().sorted().toList()) {
            if (states.stream().anyMatch(state -> state.version().equals(version))) {
                continue;
            }
            CompletableFuture<ServedModel> wanted = exact.get(version);
            VersionState.Load load =
                    wanted == null
                            ? VersionState.Load.DRAINING
                            : wanted.isDone() ? VersionState.Load.WARM : VersionState.Load.LOADING;
            states.add(new VersionState(new ReleaseLineKey("", ""), 0, version, load, ""));
        }
    }

    /// Unloads everything; answers not ended fail.
    @Override
    public void close() {
        loaded.close();
    }
}
