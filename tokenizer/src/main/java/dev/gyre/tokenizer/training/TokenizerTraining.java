package dev.gyre.tokenizer.training;

import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.bpe.BpeModel;
import dev.gyre.tokenizer.pipeline.AddedToken;
import dev.gyre.tokenizer.pipeline.Decoder;
import dev.gyre.tokenizer.pipeline.Model;
import dev.gyre.tokenizer.pipeline.Normalizer;
import dev.gyre.tokenizer.pipeline.PostProcessor;
import dev.gyre.tokenizer.pipeline.PreTokenizer;
import dev.gyre.tokenizer.pipeline.TokenizerDefinition;
import dev.gyre.tokenizer.sentencepiece.SentencePieceModel;
import dev.gyre.tokenizer.text.Utf8Text;
import dev.gyre.tokenizer.training.TrainingSettings.ByteLevelBpe;
import dev.gyre.tokenizer.training.TrainingSettings.CharacterBpe;
import dev.gyre.tokenizer.training.TrainingSettings.Characters;
import dev.gyre.tokenizer.training.TrainingSettings.Unigram;
import dev.gyre.tokenizer.training.TrainingSettings.WordPiece;
import dev.gyre.tokenizer.wordpiece.WordPieceModel;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;

/// Learns a vocabulary from text: the front door of all kinds.
///
/// ```java
/// try (TokenizerTraining training =
///         new TokenizerTraining(new TrainingSettings.ByteLevelBpe(32_000, List.of("<|endoftext|>")))) {
///     training.addFile(Path.of("novels.txt.gz"), TextUnit.DOCUMENT);
///     Tokenizer tokenizer = training.train().tokenizer();
/// }
/// ```
///
/// Pieces are counted as text comes, on several threads once there is much of it; counts that do
/// not fit into memory go to disk. The same text gives the same vocabulary whatever the threads and
/// the order of the texts. Counts have 64 bits.
///
/// Used by one thread at a time; only [#cancel] may be called by any. A training that has failed is
/// of no more use; closing it deletes what is on disk.
public final class TokenizerTraining implements AutoCloseable {
    /// What SentencePiece writes for an unknown token.
    private static final String UNKNOWN_SURFACE = " \u2047 ";

    private final TrainingSettings settings;
    private final TrainingResources resources;
    private final TrainingMonitor monitor;
    private final PieceCounter counter;
    private final TextFeed parts;
    private char openSurrogate;
    private long textBytes;
    private byte[] lastText = new byte[0];
    private boolean trained;

    /// A training with the standard resources.
    public TokenizerTraining(TrainingSettings settings) {
        this(settings, TrainingResources.standard());
    }

    public TokenizerTraining(TrainingSettings settings, TrainingResources resources) {
        this.settings = settings;
        this.resources = resources;
        monitor = new TrainingMonitor(resources.progress());
        counter =
                new PieceCounter(
                        switch (settings) {
                            case ByteLevelBpe bytes ->
                                    () -> new TextCutters.Pattern(bytes.pattern().scanner());
                            case CharacterBpe bpe ->
                                    () ->
                                            new TextCutters.Steps(
                                                    bpe.normalizer(), bpe.preTokenizer());
                            case WordPiece words ->
                                    () ->
                                            new TextCutters.Steps(
                                                    words.normalizer(), words.preTokenizer());
                            case Unigram unigram -> () -> new UnigramCutter(unigram);
                        },
                        resources);
        parts = feed(settings instanceof ByteLevelBpe ? TextUnit.DOCUMENT : TextUnit.LINE);
        monitor.begin(TrainingPhase.READING, 0);
    }

    private TextFeed feed(TextUnit unit) {
        return new TextFeed(
                unit,
                settings instanceof ByteLevelBpe,
                (text, from, to) -> count(text, from, to, 1));
    }

    private void count(byte[] text, int start, int end, long count) {
        textBytes += end - start;
        if (settings instanceof Unigram && !isBlank(text, start, end)) {
            lastText = Arrays.copyOfRange(text, start, end);
        }
        counter.add(text, start, end, count);
        monitor.advance(textBytes, 0);
    }

    private static boolean isBlank(byte[] text, int start, int end) {
        int at = start;
        while (at < end && text[at] >= 0 && text[at] <= ' ') {
            at++;
        }
        return at == end;
    }

    /// Counts one text; no piece spans two texts.
    ///
    /// @param text any string; lone surrogates count as U+FFFD
    /// @throws IllegalArgumentException if the text has more than 256 MiB in UTF-8
    /// @throws CancellationException if the training was cancelled
    public void add(String text) {
        add(text, 1);
    }

    /// Counts a text that stands for several equal ones.
    ///
    /// @param count how many, at least 1
    /// @throws IllegalArgumentException if the text has more than 256 MiB in UTF-8 or the count is
    ///   less than 1
    /// @throws CancellationException if the training was cancelled
    public void add(String text, long count) {
        requireOpen();
        if (count < 1) {
            throw new IllegalArgumentException("count %d is less than 1".formatted(count));
        }
        Utf8Text utf8 = Utf8Text.of(text);
        count(utf8.bytes(), 0, utf8.length(), count);
    }

    /// Takes the next part of a long text that is cut anywhere. For byte-level BPE pieces are as if
    /// it came whole; otherwise each of its lines is a text.
    ///
    /// @throws IllegalArgumentException if 16 MiB have no place to cut
    /// @throws CancellationException if the training was cancelled
    public void append(String part) {
        requireOpen();
        if (part.isEmpty()) {
            return;
        }
        String text = openSurrogate == 0 ? part : openSurrogate + part;
        openSurrogate = 0;
        char last = text.charAt(text.length() - 1);
        if (Character.isHighSurrogate(last)) {
            openSurrogate = last;
            text = text.substring(0, text.length() - 1);
        }
        Utf8Text utf8 = Utf8Text.of(text);
        parts.append(utf8.bytes(), 0, utf8.length());
    }

    /// Ends the text that came in parts. The next part begins another.
    public void endText() {
        requireOpen();
        if (openSurrogate != 0) {
            openSurrogate = 0;
            Utf8Text utf8 = Utf8Text.of("\uFFFD");
            parts.append(utf8.bytes(), 0, utf8.length());
        }
        parts.end();
    }

    /// Counts a file of UTF-8, gzip or not, whatever its size.
    ///
    /// @param unit what counts as one text
    /// @throws IllegalArgumentException if it is no UTF-8, or a text too long for one that is not
    ///   byte-level (16 MiB)
    /// @throws UncheckedIOException if it cannot be read or is damaged
    /// @throws CancellationException if the training was cancelled
    public void addFile(Path file, TextUnit unit) {
        requireOpen();
        try {
            TextFiles.read(file, feed(unit));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Counts a stream of UTF-8 up to its end, and leaves it open.
    ///
    /// @param name what errors call it
    /// @throws IllegalArgumentException as for files
    /// @throws UncheckedIOException if it cannot be read
    /// @throws CancellationException if the training was cancelled
    public void addStream(InputStream in, String name, TextUnit unit) {
        requireOpen();
        try {
            TextFiles.read(in, name, feed(unit));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void requireOpen() {
        if (trained) {
            throw new IllegalStateException("this training has ended; begin another");
        }
    }

    /// Bytes of text so far.
    public long textBytes() {
        return textBytes;
    }

    /// Bytes of the different pieces that are in memory now. Learning takes about eighty bytes of
    /// memory for each.
    public long differentPieceBytes() {
        return counter.differentPieceBytes();
    }

    /// Stops the training soon: the thread that trains gets a [CancellationException].
    public void cancel() {
        monitor.cancel();
    }

    /// Learns from all that was added, which ends the training.
    ///
    /// @throws IllegalArgumentException if the vocabulary has no room for the characters of the
    ///   text, or memory is too short to learn from even its most frequent pieces
    /// @throws UncheckedIOException if what was spilled to disk cannot be read back
    /// @throws CancellationException if the training was cancelled
    public TrainedTokenizer train() {
        endText();
        trained = true;
        monitor.end(textBytes, 0);
        try {
            monitor.begin(TrainingPhase.GATHERING, 0);
            PieceSource pieces = counter.finish();
            return switch (settings) {
                case ByteLevelBpe bytes -> train(bytes, pieces);
                case CharacterBpe bpe -> train(bpe, pieces);
                case WordPiece words -> train(words, pieces);
                case Unigram unigram -> train(unigram, pieces);
            };
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private TrainedTokenizer train(ByteLevelBpe bytes, PieceSource pieces) throws IOException {
        LearnedMerges learned = ByteWords.learn(bytes, pieces, resources, monitor);
        return trained(
                TokenizerDefinition.byteLevel(
                        false,
                        bytes.pattern(),
                        new BpeModel(
                                learned.vocabulary(),
                                learned.merges(),
                                null,
                                BpeModel.Options.PLAIN),
                        addedTokens(bytes.specialTokens()),
                        PostProcessor.NONE),
                learned.merges().size(),
                learned.kept());
    }

    private TrainedTokenizer train(CharacterBpe bpe, PieceSource pieces) throws IOException {
        Characters characters = bpe.characters();
        MergeLearner learner =
                new MergeLearner(
                        bpe.vocabularySize(),
                        bpe.minimumCount(),
                        bpe.longestToken(),
                        characters.continuingPrefix(),
                        Set.copyOf(bpe.specialTokens()));
        LearnedMerges learned = learn(learner, bpe.specialTokens(), characters, pieces);
        BpeModel model =
                new BpeModel(
                        learned.vocabulary(),
                        learned.merges(),
                        bpe.unknownToken(),
                        new BpeModel.Options(
                                false,
                                false,
                                false,
                                characters.continuingPrefix(),
                                characters.endOfWordSuffix()));
        return trained(
                definition(
                        bpe.normalizer(),
                        bpe.preTokenizer(),
                        model,
                        bpe.specialTokens(),
                        decoder(bpe.preTokenizer(), characters)),
                learned.merges().size(),
                learned.kept());
    }

    private TrainedTokenizer train(WordPiece words, PieceSource pieces) throws IOException {
        Characters characters = words.characters();
        MergeLearner learner =
                new MergeLearner(
                        words.vocabularySize(),
                        words.minimumCount(),
                        TrainingSettings.NO_LONGEST_TOKEN,
                        characters.continuingPrefix(),
                        Set.copyOf(words.specialTokens()));
        LearnedMerges learned = learn(learner, words.specialTokens(), characters, pieces);
        WordPieceModel model =
                new WordPieceModel(
                        learned.vocabulary(),
                        words.unknownToken(),
                        characters.continuingPrefix(),
                        100);
        return trained(
                definition(
                        words.normalizer(),
                        words.preTokenizer(),
                        model,
                        words.specialTokens(),
                        new Decoder(
                                List.of(
                                        new Decoder.WordPiece(
                                                characters.continuingPrefix(), true)))),
                learned.merges().size(),
                learned.kept());
    }

    private TrainedTokenizer train(Unigram unigram, PieceSource pieces) throws IOException {
        UnigramLearner.Learned learned =
                UnigramLearner.learn(unigram, pieces, lastWord(unigram), resources, monitor);
        List<SentencePieceModel.Piece> vocabulary = new ArrayList<>();
        for (String token : unigram.specialTokens()) {
            SentencePieceModel.Type type =
                    vocabulary.isEmpty()
                            ? SentencePieceModel.Type.UNKNOWN
                            : SentencePieceModel.Type.CONTROL;
            vocabulary.add(new SentencePieceModel.Piece(token, 0, type));
        }
        for (int value = 0; unigram.byteFallback() && value < 256; value++) {
            vocabulary.add(
                    new SentencePieceModel.Piece(
                            "<0x%02X>".formatted(value), 0, SentencePieceModel.Type.BYTE));
        }
        for (UnigramLearner.Scored token : learned.tokens()) {
            vocabulary.add(
                    new SentencePieceModel.Piece(
                            token.text(), token.score(), SentencePieceModel.Type.NORMAL));
        }
        SentencePieceModel model =
                new SentencePieceModel(
                        SentencePieceModel.Algorithm.UNIGRAM,
                        vocabulary,
                        unigram.byteFallback(),
                        UNKNOWN_SURFACE,
                        unigram.normalizer());
        return trained(model.definition(), learned.tokens().size(), learned.kept());
    }

    /// The last word of the last text, with what follows it.
    private byte[] lastWord(Unigram unigram) {
        List<byte[]> words = new ArrayList<>();
        byte[] padded = Arrays.copyOf(lastText, lastText.length + PieceCounts.PADDING);
        new UnigramCutter(unigram)
                .cut(
                        padded,
                        0,
                        lastText.length,
                        (text, start, end) -> words.add(Arrays.copyOfRange(text, start, end)));
        return words.isEmpty() ? new byte[0] : words.getLast();
    }

    private LearnedMerges learn(
            MergeLearner learner,
            List<String> specialTokens,
            Characters characters,
            PieceSource pieces)
            throws IOException {
        return CharacterWords.learn(
                learner,
                specialTokens,
                characters,
                Comparator.naturalOrder(),
                pieces,
                resources,
                monitor);
    }

    /// Blanks come back where the tokens tell where they were.
    private static Decoder decoder(PreTokenizer preTokenizer, Characters characters) {
        if (!characters.endOfWordSuffix().isEmpty()) {
            return new Decoder(List.of(new Decoder.WordSuffix(characters.endOfWordSuffix())));
        }
        if (!characters.continuingPrefix().isEmpty()) {
            return new Decoder(
                    List.of(new Decoder.WordPiece(characters.continuingPrefix(), false)));
        }
        return preTokenizer instanceof PreTokenizer.Metaspace(int replacement, var prefix, _)
                ? new Decoder(List.of(new Decoder.Metaspace(replacement, prefix)))
                : new Decoder(List.of());
    }

    private static TokenizerDefinition definition(
            Normalizer normalizer,
            PreTokenizer preTokenizer,
            Model model,
            List<String> specialTokens,
            Decoder decoder) {
        return new TokenizerDefinition(
                normalizer,
                preTokenizer,
                model,
                addedTokens(specialTokens),
                PostProcessor.NONE,
                decoder);
    }

    private static List<AddedToken> addedTokens(List<String> specialTokens) {
        List<AddedToken> added = new ArrayList<>();
        for (String token : specialTokens) {
            added.add(new AddedToken(added.size(), token, true, false));
        }
        return added;
    }

    private TrainedTokenizer trained(
            TokenizerDefinition definition, int learned, PieceBudget.Kept kept) {
        return new TrainedTokenizer(
                new Tokenizer(definition),
                new TrainingReport(
                        textBytes,
                        kept.pieces() + kept.droppedPieces(),
                        learned,
                        kept.droppedPieces(),
                        kept.droppedOccurrences(),
                        kept.leastCount(),
                        counter.spilledBytes()));
    }

    /// Stops what still runs and deletes what is on disk.
    @Override
    public void close() {
        try {
            counter.close();
        } catch (IOException e) {
            throw new UncheckedIOException("the spilled counts cannot be deleted", e);
        }
    }
}
