package dev.gyre.feedback.datasets;

import dev.gyre.access.FailureException;
import dev.gyre.artifacts.ArtifactStore;
import dev.gyre.artifacts.ModelVersion;
import dev.gyre.feedback.completions.Completion;
import dev.gyre.feedback.completions.CompletionStore;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

/// Seals data sets.
///
/// A data set is made of the pairs that one version of a model answered: that version is the
/// reference of the preference loss. Its files are written before its row, under an id made of
/// their content, so a crash in between leaves files that the next attempt writes again, byte for
/// byte.
@Singleton
public final class Datasets {
    private static final int BATCH = 500;

    private final Jdbi database;
    private final DatasetStore store;
    private final CompletionStore completions;
    private final ArtifactStore artifacts;
    private final Clock clock;

    /// @param artifacts takes the files under `datasets/<id>/`
    public Datasets(
            Jdbi database,
            DatasetStore store,
            CompletionStore completions,
            ArtifactStore artifacts,
            Clock clock) {
        this.database = database;
        this.store = store;
        this.completions = completions;
        this.artifacts = artifacts;
        this.clock = clock;
    }

    /// Seals a data set from the ratings so far. The same ratings give the same data set: when it
    /// is there already, it is returned.
    ///
    /// @param model version whose answers are wanted
    /// @param holdoutShare share of prompts held out
    /// @throws FailureException [dev.gyre.access.Failure.Conflict] when no pair is decided
    public Dataset seal(
            String project, String releaseLine, ModelVersion model, double holdoutShare) {
        // one view of the ledger for votes and completions
        Sealing sealing =
                database.inTransaction(
                        TransactionIsolationLevel.REPEATABLE_READ,
                        transaction -> {
                            Split split =
                                    Split.of(
                                            DecidedPair.decide(
                                                    store.votes(transaction, project, model)),
                                            holdoutShare);
                            return new Sealing(
                                    split,
                                    Snapshot.of(
                                            project,
                                            releaseLine,
                                            model,
                                            holdoutShare,
                                            rows(transaction, split.training()),
                                            rows(transaction, split.holdout())));
                        });
        if (sealing.split().training().isEmpty() && sealing.split().holdout().isEmpty()) {
            throw FailureException.conflict(
                    "project "
                            + project
                            + " has no decided pair of answers by "
                            + model
                            + "; rate pairs that it answered");
        }
        Snapshot snapshot = sealing.snapshot();
        write(snapshot);
        Dataset dataset =
                new Dataset(
                        0,
                        snapshot.id(),
                        project,
                        releaseLine,
                        snapshot.sha256(),
                        sealing.split().training().size(),
                        sealing.split().holdout().size(),
                        model,
                        holdoutShare,
                        clock.instant().truncatedTo(ChronoUnit.MICROS));
        return database.inTransaction(
                transaction -> {
                    if (store.insert(transaction, dataset, sealing.split())) {
                        DatasetEvents.sealed(transaction, dataset);
                    }
                    return store.find(transaction, dataset.id()).orElseThrow();
                });
    }

    private record Sealing(Split split, Snapshot snapshot) {}

    private List<DatasetRow> rows(Handle transaction, List<DecidedPair> pairs) {
        List<DatasetRow> rows = new ArrayList<>(pairs.size());
        for (int from = 0; from < pairs.size(); from += BATCH) {
            List<DecidedPair> batch = pairs.subList(from, Math.min(from + BATCH, pairs.size()));
            List<String> ids = new ArrayList<>();
            batch.forEach(pair -> ids.addAll(List.of(pair.chosen(), pair.rejected())));
            Map<String, Completion> found = completions.findAll(transaction, ids);
            for (DecidedPair pair : batch) {
                rows.add(
                        DatasetRow.of(
                                pair, kept(found, pair.chosen()), kept(found, pair.rejected())));
            }
        }
        return rows;
    }

    /// The votes were read in the same view of the database, so the answers are there.
    private static Completion kept(Map<String, Completion> found, String id) {
        Completion completion = found.get(id);
        if (completion == null) {
            throw new IllegalStateException("the rated completion " + id + " is gone");
        }
        return completion;
    }

    private void write(Snapshot snapshot) {
        String folder = "datasets/" + snapshot.id() + "/";
        try {
            artifacts.write(folder + Snapshot.TRAIN_FILE, snapshot.train());
            artifacts.write(folder + Snapshot.HOLDOUT_FILE, snapshot.holdout());
            artifacts.writeIfAbsent(folder + Snapshot.MANIFEST_FILE, snapshot.manifest());
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot write the data set " + snapshot.id(), failure);
        }
    }

    /// How many pairs a data set sealed now would train on that an earlier one does not hold.
    ///
    /// @param earlier id of that data set, or empty: all are new
    public int newTrainingPairs(
            String project, ModelVersion model, double holdoutShare, Optional<String> earlier) {
        return database.withHandle(
                handle -> {
                    Set<String> held =
                            earlier.map(id -> store.ratingsOf(handle, id)).orElse(Set.of());
                    Split split =
                            Split.of(
                                    DecidedPair.decide(store.votes(handle, project, model)),
                                    holdoutShare);
                    return (int)
                            split.training().stream()
                                    .filter(
                                            pair ->
                                                    pair.ratingIds().stream()
                                                            .noneMatch(held::contains))
                                    .count();
                });
    }

    /// A number that changes whenever a new pair rating of the project counts.
    public long ledgerMark(String project) {
        return database.withHandle(handle -> store.validPairRatings(handle, project));
    }

    /// Reads a data set.
    ///
    /// @throws FailureException [dev.gyre.access.Failure.NotFound] when there is none
    public Dataset get(String id) {
        return database.withHandle(handle -> get(handle, id));
    }

    /// Reads a data set inside a transaction.
    ///
    /// @throws FailureException [dev.gyre.access.Failure.NotFound] when there is none
    public Dataset get(Handle handle, String id) {
        return store.find(handle, id)
                .orElseThrow(() -> FailureException.notFound("there is no data set " + id));
    }

    /// A project's data sets, newest first.
    public List<Dataset> list(String project) {
        return database.withHandle(handle -> store.list(handle, project));
    }

    /// Writes a data set as TRL's preference JSON lines.
    ///
    /// @param holdout the hold-out pairs in place of the training pairs
    /// @param lines takes whole lines, a few at a time, each ended by a newline
    public void export(Dataset dataset, boolean holdout, Consumer<String> lines) {
        String file = holdout ? Snapshot.HOLDOUT_FILE : Snapshot.TRAIN_FILE;
        try (var content = artifacts.read("datasets/" + dataset.id() + "/" + file)) {
            TrlExport.write(content, lines);
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot read the data set " + dataset.id(), failure);
        }
    }
}
