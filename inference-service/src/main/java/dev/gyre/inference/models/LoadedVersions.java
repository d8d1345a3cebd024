package dev.gyre.inference.models;

import dev.gyre.artifacts.ModelVersion;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/// Loads each version once however many hold it, and unloads it when the last one lets go.
///
/// Versions are loaded one after the other on one thread, so that two do not fetch and fill memory
/// at the same time.
final class LoadedVersions implements AutoCloseable {
    private final Loading loading;
    private final Runnable onUnload;
    private final ExecutorService loader =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().name("load-models").daemon().factory());
    private final ExecutorService unloader = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<ModelVersion, Entry> entries = new HashMap<>(); // guarded by this
    private final Map<ModelVersion, CompletableFuture<Void>> unloading =
            new HashMap<>(); // guarded by this

    /// Makes a model out of a version.
    @FunctionalInterface
    interface Loading {
        ServedModel load(ModelVersion version) throws Exception;
    }

    private static final class Entry {
        private final CompletableFuture<ServedModel> model = new CompletableFuture<>();
        private int holders;
    }

    /// @param onUnload called after a version has been unloaded
    LoadedVersions(Loading loading, Runnable onUnload) {
        this.loading = loading;
        this.onUnload = onUnload;
    }

    /// Holds a version, loading it when nobody held it. Each call needs its [#release].
    ///
    /// @return the model when it is loaded and warm; fails with what went wrong
    synchronized CompletableFuture<ServedModel> hold(ModelVersion version) {
        Entry entry = entries.get(version);
        if (entry == null) {
            Entry fresh = new Entry();
            entries.put(version, fresh);
            loader.execute(() -> load(version, fresh));
            entry = fresh;
        }
        entry.holders++;
        return entry.model;
    }

    /// Lets a version go.
    synchronized void release(ModelVersion version) {
        Entry entry = entries.get(version);
        if (entry == null || --entry.holders > 0) {
            return;
        }
        entries.remove(version);
        CompletableFuture<Void> unloaded = new CompletableFuture<>();
        unloading.put(version, unloaded);
        entry.model.whenComplete(
                (model, _) -> unloader.execute(() -> unload(version, model, unloaded)));
    }

    /// How many hold a version.
    synchronized int holders(ModelVersion version) {
        Entry entry = entries.get(version);
        return entry == null ? 0 : entry.holders;
    }

    /// Versions that are held or being unloaded.
    synchronized Set<ModelVersion> versions() {
        Set<ModelVersion> all = new HashSet<>(entries.keySet());
        all.addAll(unloading.keySet());
        return all;
    }

    private void load(ModelVersion version, Entry entry) {
        try {
            awaitUnloaded(version);
            entry.model.complete(loading.load(version));
        } catch (Exception | LinkageError | OutOfMemoryError e) {
            entry.model.completeExceptionally(e);
        }
    }

    /// A version that was let go a moment ago is not in memory twice.
    private void awaitUnloaded(ModelVersion version) {
        CompletableFuture<Void> unloaded;
        synchronized (this) {
            unloaded = unloading.get(version);
        }
        if (unloaded != null) {
            unloaded.join();
        }
    }

    private void unload(
            ModelVersion version, @Nullable ServedModel model, CompletableFuture<Void> unloaded) {
        if (model != null) {
            model.close();
        }
        synchronized (this) {
            unloading.remove(version, unloaded);
        }
        unloaded.complete(null);
        onUnload.run();
    }

    /// Unloads everything.
    @Override
    public void close() {
        loader.shutdownNow();
        Map<ModelVersion, Entry> left;
        synchronized (this) {
            left = new HashMap<>(entries);
            entries.clear();
        }
        left.values()
                .forEach(
                        entry -> {
                            if (entry.model.isDone() && !entry.model.isCompletedExceptionally()) {
                                entry.model.join().close();
                            }
                        });
        unloader.close();
    }
}
