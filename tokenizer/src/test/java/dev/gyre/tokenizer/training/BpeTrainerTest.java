package dev.gyre.tokenizer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gyre.tokenizer.Golden;
import dev.gyre.tokenizer.SpecialTokens;
import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.formats.TokenizerJson;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BpeTrainerTest {
    private static final List<String> SPECIAL =
            List.of("<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|im_end|>!");

    @Test
    void learnsTheVocabularyAndMergesOfHuggingFace() {
        BpeTrainer trainer = new BpeTrainer(new BpeTrainer.Settings(760, SPECIAL));
        Golden.lines("training.txt").forEach(trainer::add);

        JsonNode ours = parse(TokenizerJson.format(trainer.train())).get("model");
        JsonNode theirs = Golden.json("trained.json").get("model");

        assertThat(ours.get("vocab")).isEqualTo(theirs.get("vocab"));
        assertThat(ours.get("merges")).hasSameSizeAs(theirs.get("merges"));
        for (int rank = 0; rank < ours.get("merges").size(); rank++) {
            JsonNode merge = theirs.get("merges").get(rank);
            assertThat(ours.get("merges").get(rank).textValue())
                    .isEqualTo(merge.get(0).textValue() + " " + merge.get(1).textValue());
        }
    }

    @Test
    void learnsTheSameFromTextCutAnywhere() {
        String text = Golden.text("training.txt") + "\n\n  \n x  \u3000y\u0085\u0085z 🙂 🙂";
        BpeTrainer whole = new BpeTrainer(new BpeTrainer.Settings(600, SPECIAL));
        whole.add(text);
        byte[] expected = TokenizerJson.format(whole.train());

        for (long seed = 1; seed <= 20; seed++) {
            Random random = new Random(seed);
            BpeTrainer trainer = new BpeTrainer(new BpeTrainer.Settings(600, SPECIAL));
            TrainingText parts = new TrainingText(trainer);
            int start = 0;
            while (start < text.length()) {
                int end = Math.min(text.length(), start + random.nextInt(40));
                parts.append(text.substring(start, end));
                start = end;
            }
            parts.finish();

            assertThat(TokenizerJson.format(trainer.train()))
                    .as("seed %d", seed)
                    .isEqualTo(expected);
            assertThat(trainer.differentPieceBytes()).isEqualTo(whole.differentPieceBytes());
        }
    }

    @Test
    void refusesTextWithoutAnyPlaceToCut() {
        TrainingText text =
                new TrainingText(new BpeTrainer(new BpeTrainer.Settings(300, List.of())));

        assertThatThrownBy(() -> text.append("x".repeat(TrainingText.MAX_HELD_CHARACTERS + 1)))
                .hasMessageContaining("whitespace");
    }

    @Test
    void stopsWhenNoPairIsLeft() {
        BpeTrainer trainer = new BpeTrainer(new BpeTrainer.Settings(1000, List.of()));
        trainer.add("abab");

        Tokenizer tokenizer = trainer.train();

        assertThat(tokenizer.vocabularySize()).isEqualTo(258);
        assertThat(tokenizer.encode("abab")).containsExactly(257);
    }

    @Test
    void stopsBelowTheMinimumCount() {
        BpeTrainer trainer = new BpeTrainer(new BpeTrainer.Settings(1000, 3, List.of()));
        trainer.add("ab ab abc");

        Tokenizer tokenizer = trainer.train();

        assertThat(tokenizer.decode(new int[] {256})).isEqualTo("ab");
        assertThat(tokenizer.vocabularySize()).isEqualTo(257);
    }

    @Test
    void neverLetsPlainTextBecomeASpecialToken() {
        BpeTrainer trainer = new BpeTrainer(new BpeTrainer.Settings(300, List.of("ab")));
        trainer.add("ab ".repeat(50) + "cd ".repeat(10));

        Tokenizer tokenizer = trainer.train();

        assertThat(tokenizer.encode("ab")).doesNotContain(0);
        assertThat(tokenizer.encode("ab", SpecialTokens.AS_CONTROL)).containsExactly(0);
        assertThat(tokenizer.encode("cd")).hasSize(1);
    }

    @Test
    void refusesSettingsThatCannotWork() {
        assertThatThrownBy(() -> new BpeTrainer.Settings(256, List.of("<s>")))
                .hasMessageContaining("256")
                .hasMessageContaining("257");
        assertThatThrownBy(() -> new BpeTrainer.Settings(2_000_000, List.of()))
                .hasMessageContaining("1000000");
        assertThatThrownBy(() -> new BpeTrainer.Settings(300, List.of("<s>", "<s>")))
                .hasMessageContaining("twice");
        assertThatThrownBy(() -> new BpeTrainer.Settings(300, List.of("")))
                .hasMessageContaining("2 to 1024");
    }

    private static JsonNode parse(byte[] json) {
        try {
            return Golden.JSON.readTree(json);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
