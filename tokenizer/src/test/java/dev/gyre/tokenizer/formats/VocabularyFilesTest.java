package dev.gyre.tokenizer.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gyre.tokenizer.Golden;
import dev.gyre.tokenizer.SpecialTokens;
import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.bpe.BpeModel;
import dev.gyre.tokenizer.split.SplitPattern;
import dev.gyre.tokenizer.wordpiece.WordPieceModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VocabularyFilesTest {
    @TempDir private Path folder;

    private Path file(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content);
    }

    /// A model as the two files have it, written here without the code under test.
    private Path vocabJson(JsonNode model) throws IOException {
        return file("vocab.json", model.get("vocab").toString());
    }

    private Path mergesTxt(JsonNode model, String lineEnd) throws IOException {
        return file(
                "merges.txt",
                "#version: 0.2"
                        + lineEnd
                        + StreamSupport.stream(model.get("merges").spliterator(), false)
                                .map(VocabularyFilesTest::merge)
                                .collect(Collectors.joining(lineEnd))
                        + lineEnd);
    }

    private static String merge(JsonNode merge) {
        return merge.isArray()
                ? merge.get(0).textValue() + " " + merge.get(1).textValue()
                : merge.textValue();
    }

    @ParameterizedTest
    @CsvSource({"LF", "CRLF"})
    void readsVocabJsonAndMergesTxt(String lineEnd) throws IOException {
        JsonNode json = Golden.json("tokenizer.json");
        Tokenizer expected = TokenizerJson.parse(Golden.bytes("tokenizer.json"));

        Tokenizer tokenizer =
                BpeFiles.load(
                        vocabJson(json.get("model")),
                        mergesTxt(json.get("model"), lineEnd.equals("LF") ? "\n" : "\r\n"),
                        SplitPattern.GPT2,
                        List.of("<|endoftext|>", "<|new|>"));

        for (String line : Golden.lines("training.txt")) {
            assertThat(tokenizer.encode(line)).isEqualTo(expected.encode(line));
        }
        int added = tokenizer.vocabularySize() - 1;
        assertThat(tokenizer.encode("<|endoftext|><|new|>", SpecialTokens.AS_CONTROL))
                .containsExactly(0, added);
        assertThat(added).isEqualTo(json.at("/model/vocab").size());
    }

    @Test
    void writesVocabJsonAndMergesTxtAsTheyWere() throws IOException {
        JsonNode json = Golden.json("tokenizer.json").get("model");
        Path vocabulary = vocabJson(json);
        Path merges = mergesTxt(json, "\n");
        BpeModel model = BpeFiles.loadModel(vocabulary, merges, null, BpeModel.Options.PLAIN);

        BpeFiles.save(model, folder.resolve("vocab-2.json"), folder.resolve("merges-2.txt"));

        assertThat(folder.resolve("vocab-2.json")).hasSameBinaryContentAs(vocabulary);
        assertThat(folder.resolve("merges-2.txt")).hasSameBinaryContentAs(merges);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '¦',
            textBlock =
                    """
                    {"a": 0, "b": 1, "ab": 2}        ¦ a             ¦ line 1
                    {"a": 0, "b": 1, "ab": 2}        ¦ a b c         ¦ line 1
                    {"a": 0, "b": 1, "ab": 2}        ¦ a b##b a##    ¦ ba
                    {"a": 0, "b": 1, "ab": 2}        ¦ a b####a b    ¦ line 2
                    {"a": 0, "b": 0}                 ¦ ''            ¦ share the id 0
                    {"a": 0, "b": -1}                ¦ ''            ¦ -1
                    {"a": 0, "b": "1"}               ¦ ''            ¦ an integer
                    {"a": 0, "a": 1}                 ¦ ''            ¦ Duplicate
                    {"a": 0, "\\ud800": 1}           ¦ ''            ¦ surrogate
                    ["a"]                            ¦ ''            ¦ an object
                    """)
    void refusesDamagedPairsByName(String vocabulary, String merges, String message)
            throws IOException {
        Path vocabularyFile = file("vocab.json", vocabulary);
        Path mergesFile = file("merges.txt", merges.replace("##", "\n"));

        assertThatThrownBy(
                        () ->
                                BpeFiles.loadModel(
                                        vocabularyFile, mergesFile, null, BpeModel.Options.PLAIN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void refusesToWriteMergesWithBlanks() {
        BpeModel model =
                new BpeModel(
                        Map.of("a", 0, " ", 1, "a ", 2),
                        List.of(new BpeModel.Merge("a", " ")),
                        null,
                        BpeModel.Options.PLAIN);

        assertThatThrownBy(
                        () -> BpeFiles.save(model, folder.resolve("v.json"), folder.resolve("m")))
                .hasMessageContaining("has a blank");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void readsAndWritesVocabTxt() throws IOException {
        JsonNode golden = Golden.zippedJson("pipelines.json.gz");
        JsonNode shape = golden.at("/shapes/bert-uncased");
        StringBuilder lines = new StringBuilder();
        shape.at("/file/model/vocab").fieldNames().forEachRemaining(t -> lines.append(t + "\n"));
        Path file = file("vocab.txt", lines.toString());

        Tokenizer tokenizer = WordPieceFile.load(file, true);
        WordPieceFile.save(
                (WordPieceModel) tokenizer.definition().model(), folder.resolve("again.txt"));

        JsonNode texts = golden.get("texts");
        for (int i = 0; i < texts.size(); i++) {
            String text = texts.get(i).textValue();
            assertThat(tokenizer.encode(text)).isEqualTo(Golden.ids(shape.get("text").get(i)));
            int[] control = tokenizer.encode(text, SpecialTokens.AS_CONTROL);
            assertThat(tokenizer.frame(control)).isEqualTo(Golden.ids(shape.get("framed").get(i)));
        }
        assertThat(folder.resolve("again.txt")).hasSameBinaryContentAs(file);
    }

    @Test
    void refusesDamagedVocabTxt() throws IOException {
        Path doubled = file("doubled.txt", "[UNK]\na\nb\na \n");
        Path noUnknown = file("no-unknown.txt", "a\nb");
        Path latin = folder.resolve("latin.txt");
        Files.write(latin, "[UNK]\né".getBytes(StandardCharsets.ISO_8859_1));

        assertThatThrownBy(() -> WordPieceFile.load(doubled, true))
                .hasMessageContainingAll("doubled.txt", "lines 2 and 4");
        assertThatThrownBy(() -> WordPieceFile.load(noUnknown, true)).hasMessageContaining("[UNK]");
        assertThatThrownBy(() -> WordPieceFile.load(latin, true)).hasMessageContaining("UTF-8");
    }

    @Test
    void refusesToWriteGapsInVocabTxt() {
        WordPieceModel model = new WordPieceModel(Map.of("[UNK]", 0, "a", 2), "[UNK]", "##", 100);

        assertThatThrownBy(() -> WordPieceFile.save(model, folder.resolve("vocab.txt")))
                .hasMessageContaining("id 1");
    }
}
