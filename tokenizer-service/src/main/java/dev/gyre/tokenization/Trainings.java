package dev.gyre.tokenization;

import dev.gyre.access.Failure;
import dev.gyre.access.FailureException;
import dev.gyre.tokenization.StoredTokenizer.Place;
import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.training.BpeTrainer;
import dev.gyre.tokenizer.training.TrainingText;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;

/// Training of vocabularies, one at a time: each needs its own memory.
@Singleton
public class Trainings {
    private final TokenizerStore tokenizers;
    private final LimitsConfig limits;
    private final MeterRegistry registry;
    private @Nullable Training running;

    Trainings(TokenizerStore tokenizers, LimitsConfig limits, MeterRegistry registry) {
        this.tokenizers = tokenizers;
        this.limits = limits;
        this.registry = registry;
    }

    /// A trained and stored tokenizer.
    ///
    /// @param textBytes bytes of text in UTF-8 that were read
    record Trained(Place place, long textBytes, int merges) {}

    /// Begins a training.
    ///
    /// @throws FailureException when the name is taken by a model, or another training runs
    synchronized Training open(BpeTrainer.Settings settings, String name) {
        tokenizers.checkNewName(name);
        if (running != null) {
            running.giveWay();
        }
        running = new Training(settings, name);
        return running;
    }

    private synchronized void ended(Training training) {
        if (running == training) {
            running = null;
        }
    }

    /// One training, fed by one caller.
    final class Training {
        private final String name;
        private final BpeTrainer trainer;
        private final TrainingText text;
        private final int firstTokens;
        private long textBytes;
        private volatile long lastNanos = System.nanoTime();
        private volatile boolean learning;
        private volatile boolean gone;

        Training(BpeTrainer.Settings settings, String name) {
            this.name = name;
            trainer = new BpeTrainer(settings);
            text = new TrainingText(trainer);
            firstTokens = 256 + settings.specialTokens().size();
        }

        /// Makes room for another training if this one's caller has fallen silent.
        private void giveWay() {
            long idleNanos = System.nanoTime() - lastNanos;
            if (learning || idleNanos < limits.trainingIdleTimeout().toNanos()) {
                throw new FailureException(
                        new Failure.Busy(
                                "another tokenizer is being trained; try again",
                                limits.trainingIdleTimeout()));
            }
            gone = true;
        }

        /// Takes the next part of the text.
        void add(String part) {
            checkStillHere();
            lastNanos = System.nanoTime();
            textBytes += Tokenization.utf8Length(part);
            if (textBytes > limits.maxTrainingTextBytes()) {
                throw FailureException.invalid(
                        "text",
                        "the text has over %d bytes; train on a part of it, or raise gyre.tokenization.max-training-text-bytes"
                                .formatted(limits.maxTrainingTextBytes()));
            }
            text.append(part);
            checkPieces();
        }

        private void checkPieces() {
            if (trainer.differentPieceBytes() > limits.maxTrainingPieceBytes()) {
                throw FailureException.invalid(
                        "text",
                        "the text has over %d bytes of different words; train on a part of it, or raise gyre.tokenization.max-training-piece-bytes and the heap"
                                .formatted(limits.maxTrainingPieceBytes()));
            }
        }

        /// Learns and stores the tokenizer.
        Trained finish(String subject) {
            checkStillHere();
            learning = true;
            text.finish();
            checkPieces();
            if (textBytes == 0) {
                throw FailureException.invalid("text", "there is no text to train on");
            }
            Tokenizer tokenizer = trainer.train();
            int merges = tokenizer.vocabularySize() - firstTokens;
            Place place = tokenizers.save(name, tokenizer, merges, textBytes, subject);
            registry.counter("gyre.tokenizer.trained").increment();
            close();
            return new Trained(place, textBytes, merges);
        }

        private void checkStillHere() {
            if (gone) {
                throw FailureException.unavailable(
                        "the call was silent for "
                                + limits.trainingIdleTimeout()
                                + " and another training took its place; start again");
            }
        }

        /// Ends the training, whether it has learned or not.
        void close() {
            ended(this);
        }
    }
}
