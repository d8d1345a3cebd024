package dev.gyre.tokenization;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.gyre.artifacts.ArtifactStore;
import dev.gyre.proto.tokenizer.v1.Training;
import dev.gyre.proto.tokenizer.v1.TrainingRecord;
import dev.gyre.proto.tokenizer.v1.TrainingState;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The trainings of all replicas in the artifact store, under `trainings/<id>/`: one record per
/// attempt, which only the replica that made it writes again, the text until the training has
/// ended, and marks that somebody cancelled it and that its end was told.
///
/// The newest attempt is the valid one, so a replica that was thought dead and goes on changes
/// nothing.
final class TrainingStore {
    private static final String ROOT = "trainings";

    private final ArtifactStore artifacts;

    TrainingStore(ArtifactStore artifacts) {
        this.artifacts = artifacts;
    }

    /// The newest attempt at a training.
    ///
    /// @param attempt from 1
    record Attempt(String id, int attempt, TrainingRecord record) {
        Training training() {
            return record.getTraining();
        }

        boolean hasEnded() {
            return TrainingStore.hasEnded(training());
        }
    }

    static boolean hasEnded(Training training) {
        return training.getState() != TrainingState.TRAINING_STATE_READING
                && training.getState() != TrainingState.TRAINING_STATE_LEARNING;
    }

    /// Begins an attempt, unless another replica has begun it.
    ///
    /// @return whether it is ours
    boolean begin(Attempt attempt) throws IOException {
        return artifacts.writeIfAbsent(place(attempt), attempt.record().toByteArray());
    }

    /// Writes the record of an attempt that is ours again.
    void save(Attempt attempt) throws IOException {
        artifacts.write(place(attempt), attempt.record().toByteArray());
    }

    private static String place(Attempt attempt) {
        return attempts(attempt.id()) + "/" + attempt.attempt();
    }

    private static String attempts(String id) {
        return ROOT + "/" + id + "/attempts";
    }

    List<String> ids() throws IOException {
        return artifacts.folders(ROOT);
    }

    /// The newest attempts at all trainings, newest training first.
    List<Attempt> list() throws IOException {
        List<Attempt> list = new ArrayList<>();
        for (String id : ids()) {
            Attempt found = find(id);
            if (found != null) {
                list.add(found);
            }
        }
        list.sort(
                Comparator.comparingLong(
                                (Attempt attempt) -> attempt.training().getStarted().getSeconds())
                        .thenComparingInt(attempt -> attempt.training().getStarted().getNanos())
                        .reversed());
        return list;
    }

    /// The newest attempt at a training; `null` when there is no such training.
    @Nullable Attempt find(String id) throws IOException {
        int newest = newest(id);
        if (newest == 0) {
            return null;
        }
        try (InputStream in = artifacts.read(attempts(id) + "/" + newest)) {
            return new Attempt(id, newest, TrainingRecord.parseFrom(in.readAllBytes()));
        } catch (NoSuchFileException deleted) {
            return null;
        } catch (InvalidProtocolBufferException damaged) {
            throw new IOException(
                    "the record of the training %s is damaged".formatted(id), damaged);
        }
    }

    /// Number of the newest attempt; 0 when there is none.
    int newest(String id) throws IOException {
        String folder = attempts(id);
        return artifacts.list(folder).stream()
                .mapToInt(path -> Integer.parseInt(path.substring(folder.length() + 1)))
                .max()
                .orElse(0);
    }

    /// Keeps a part of the text.
    ///
    /// @param part from 0
    void addText(String id, int part, byte[] text) throws IOException {
        artifacts.write(textPart(id, part), text);
    }

    /// Reads the text again, part by part.
    void readText(String id, int parts, Consumer<String> reader) throws IOException {
        for (int part = 0; part < parts; part++) {
            try (InputStream in = artifacts.read(textPart(id, part))) {
                reader.accept(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
    }

    void deleteText(String id) throws IOException {
        artifacts.deleteAll(ROOT + "/" + id + "/text");
    }

    private static String textPart(String id, int part) {
        return ROOT + "/" + id + "/text/" + part;
    }

    /// Asks the replica that works on a training to end it.
    void cancel(String id, String subject) throws IOException {
        artifacts.writeIfAbsent(cancelled(id), subject.getBytes(StandardCharsets.UTF_8));
    }

    /// Who wants a training to end; `null` when nobody does.
    @Nullable String cancelledBy(String id) throws IOException {
        if (!artifacts.exists(cancelled(id))) {
            return null;
        }
        try (InputStream in = artifacts.read(cancelled(id))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String cancelled(String id) {
        return ROOT + "/" + id + "/cancelled";
    }

    /// Whether the end of a training was told.
    boolean isTold(String id) throws IOException {
        return artifacts.exists(told(id));
    }

    void markTold(String id) throws IOException {
        artifacts.writeIfAbsent(told(id), new byte[0]);
    }

    private static String told(String id) {
        return ROOT + "/" + id + "/told";
    }

    void delete(String id) throws IOException {
        artifacts.deleteAll(ROOT + "/" + id);
    }
}
