import dev.gyre.tokenizer.formats.SentencePieceFile;
import dev.gyre.tokenizer.formats.TokenizerJson;
import java.nio.file.Path;

/// Writes a SentencePiece .model as tokenizer.json: `Convert.java MODEL JSON`.
void main(String[] files) {
    TokenizerJson.save(SentencePieceFile.load(Path.of(files[0])), Path.of(files[1]));
}
