package dev.gyre.model;

import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.chat.TokenizerConfig;
import dev.gyre.tokenizer.formats.TokenizerFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// A model as Hugging Face lays it out, and as our packages do: `config.json`, weights in
/// `model.safetensors` (or shards with an index), `tokenizer.json` or `tokenizer.model`,
/// `tokenizer_config.json`, `generation_config.json`.
///
/// @param path the folder
public record HuggingFaceFolder(Path path) {

    /// The model's shape, from config.json.
    public ModelConfig config() {
        return ModelConfig.read(required("config.json"));
    }

    /// The weights, mapped; close them when done. A tied head that was stored twice is dropped.
    ///
    /// @throws IllegalArgumentException if they are not those of [#config()]
    public Weights weights() {
        Path single = path.resolve("model.safetensors");
        Path index = path.resolve("model.safetensors.index.json");
        if (!Files.isRegularFile(single) && !Files.isRegularFile(index)) {
            throw new IllegalArgumentException(
                    "%s has neither model.safetensors nor its index; other weights are not read"
                            .formatted(path));
        }
        ModelConfig config = config();
        Weights all =
                Files.isRegularFile(single)
                        ? Safetensors.open(single)
                        : Safetensors.openSharded(index);
        try {
            Weights weights = config.tiedEmbeddings() ? all.without("lm_head.weight") : all;
            weights.check(config);
            return weights;
        } catch (IllegalArgumentException wrong) {
            all.close();
            throw wrong;
        }
    }

    /// The tokenizer, of tokenizer.json or SentencePiece's tokenizer.model.
    ///
    /// @throws IllegalArgumentException if there is none, or it is damaged or not supported
    public Tokenizer tokenizer() {
        return TokenizerFolder.load(path);
    }

    /// The tokenizer's file.
    ///
    /// @throws IllegalArgumentException if there is none
    public Path tokenizerFile() {
        return TokenizerFolder.file(path);
    }

    /// Chat template and special tokens; all null if there is no tokenizer_config.json.
    public TokenizerConfig tokenizerConfig() {
        return TokenizerConfig.load(path);
    }

    /// Generation defaults; without generation_config.json, the special tokens of config.json.
    public GenerationConfig generationConfig() {
        Path file = path.resolve("generation_config.json");
        return Files.isRegularFile(file)
                ? GenerationConfig.read(file)
                : GenerationConfig.of(config());
    }

    /// Where a variant's graph lies: `onnx/<variant>/model.onnx`.
    public Path onnx(OnnxVariant variant) {
        return onnxFolder(variant).resolve("model.onnx");
    }

    /// Folder of a graph and its weights.
    public Path onnxFolder(OnnxVariant variant) {
        return path.resolve("onnx").resolve(variant.folder());
    }

    /// Writes config.json, model.safetensors (as the configuration's dtype), tokenizer_config.json
    /// and generation_config.json; the tokenizer is written by its library.
    ///
    /// @param tokenizerConfig null to leave that file out
    public void write(
            ModelConfig config,
            Weights weights,
            @Nullable TokenizerConfig tokenizerConfig,
            GenerationConfig generationConfig) {
        weights.check(config);
        config.write(path.resolve("config.json"));
        Safetensors.write(path.resolve("model.safetensors"), weights, config.dtype());
        if (tokenizerConfig != null) {
            tokenizerConfig.save(path.resolve("tokenizer_config.json"), config.contextLength());
        }
        generationConfig.write(path.resolve("generation_config.json"));
    }

    private Path required(String name) {
        Path file = path.resolve(name);
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException("%s has no %s".formatted(path, name));
        }
        return file;
    }
}
