package dev.gyre.training.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gyre.artifacts.Sha256;
import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.formats.TokenizerFolder;
import dev.gyre.tokenizer.formats.TokenizerJson;
import dev.gyre.tokenizer.formats.Vocabularies;
import dev.gyre.tokenizer.training.TokenizerTraining;
import dev.gyre.tokenizer.training.TrainingSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StoredTokenizerTest {
    @TempDir Path store;

    @Test
    void loadsABuiltInOneByTheHashOfItsRanks() throws IOException {
        String sha256 = Sha256.of(Vocabularies.ranks("gpt2"));

        StoredTokenizer gpt2 = StoredTokenizer.load(store, "gpt2@built-in", sha256);

        assertThat(gpt2.tokenizer().encode("Hello world")).containsExactly(15496, 995);
        assertThat(TokenizerJson.parse(gpt2.file().bytes()).encode("Hello world"))
                .containsExactly(15496, 995);
        assertThatThrownBy(() -> StoredTokenizer.load(store, "gpt2@built-in", "0".repeat(64)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the corpus was sealed with 000");
    }

    /// tokenizer-service finds a model's first, too.
    @Test
    void loadsAModelsOwnBeforeOneThatWasTrainedAlone() throws IOException {
        save("tokenizers/words/1", "one text");
        Path ofModel = save("models/words/1", "another text, and longer");
        Path file = TokenizerFolder.file(ofModel);

        StoredTokenizer stored = StoredTokenizer.load(store, "words@1", Sha256.of(file));

        assertThat(stored.file().bytes()).isEqualTo(Files.readAllBytes(file));
    }

    private Path save(String folder, String text) throws IOException {
        Path place = Files.createDirectories(store.resolve(folder));
        try (TokenizerTraining training =
                new TokenizerTraining(new TrainingSettings.ByteLevelBpe(260, List.of()))) {
            training.add(text);
            Tokenizer tokenizer = training.train().tokenizer();
            TokenizerFolder.save(tokenizer, place);
        }
        return place;
    }
}
