package dev.gyre.training.worker;

import dev.gyre.proto.training.v1.PretrainJob;
import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.formats.TokenizerFolder;
import dev.gyre.tokenizer.training.TokenizerTraining;
import dev.gyre.tokenizer.training.TrainingSettings;
import dev.gyre.training.text.TokenStream;
import dev.gyre.training.wordnet.WordNetText;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads a text, trains a tokenizer on it, and tokenises it, all in memory.
final class TextPreparation {
    private static final String END_OF_TEXT = "<|endoftext|>";

    private final JobContext job;
    private final PretrainJob request;

    TextPreparation(JobContext job, PretrainJob request) {
        this.job = job;
        this.request = request;
    }

    PretrainText prepare() throws IOException {
        String source = Specification.text(request.getText());
        job.run().begin("preparing text", 0, 0);
        @Nullable WordNetText wordNet = source.equals("wordnet") ? WordNetText.make() : null;
        Texts.Split text = Texts.read(job.store(), source, wordNet);
        job.run().begin("training the tokenizer", 0, 0);
        Tokenizer tokenizer = tokenizer(text.train());
        int endOfText = tokenizer.addedTokenId(END_OF_TEXT).orElseThrow();
        job.run().begin("tokenising", 0, 0);
        List<int[]> train = Texts.encode(tokenizer, text.train());
        List<int[]> holdout = Texts.encode(tokenizer, text.holdout());
        return new PretrainText(
                new TextTokenizer(
                        tokenizer, TokenizerFolder.content(tokenizer), END_OF_TEXT, endOfText),
                TokenStream.of(train, endOfText),
                train,
                text.holdout(),
                holdout,
                wordNet,
                null);
    }

    private Tokenizer tokenizer(List<String> documents) {
        TrainingSettings settings =
                new TrainingSettings.ByteLevelBpe(
                        Specification.vocabularySize(request), List.of(END_OF_TEXT));
        try (TokenizerTraining training = new TokenizerTraining(settings)) {
            documents.forEach(training::add);
            return training.train().tokenizer();
        }
    }
}
