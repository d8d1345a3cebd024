package dev.gyre.training.worker;

import dev.gyre.artifacts.Manifest;
import dev.gyre.model.GenerationConfig;
import dev.gyre.model.ModelConfig;
import dev.gyre.model.OnnxVariant;
import dev.gyre.proto.training.v1.PretrainJob;
import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.chat.TokenizerConfig;
import dev.gyre.tokenizer.formats.TokenizerFolder;
import dev.gyre.tokenizer.training.TokenizerTraining;
import dev.gyre.tokenizer.training.TrainingSettings;
import dev.gyre.training.engine.LlamaModel;
import dev.gyre.training.engine.Sampler;
import dev.gyre.training.pretrain.AntonymProbe;
import dev.gyre.training.pretrain.PretrainSettings;
import dev.gyre.training.pretrain.PretrainTrainer;
import dev.gyre.training.text.HeldOutText;
import dev.gyre.training.text.KneserNey;
import dev.gyre.training.text.TokenStream;
import dev.gyre.training.wordnet.WordNetText;
import java.io.IOException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Trains a tokenizer and a model from nothing but text, and says how good it is.
final class PretrainTask {
    private static final String END_OF_TEXT = "<|endoftext|>";
    private static final int NGRAM_ORDER = 5;
    private static final int SAMPLE_TOKENS = 24;

    /// Tokens of held-out text that the final figures are measured on at most.
    private static final int FINAL_TOKENS = 200_000;

    private final JobContext job;
    private final PretrainJob request;

    PretrainTask(JobContext job, PretrainJob request) {
        this.job = job;
        this.request = request;
    }

    /// @return null when the attempt was asked to stop
    @Nullable Manifest run() throws IOException {
        PretrainSettings settings = Specification.pretrain(request);
        Set<OnnxVariant> variants =
                Specification.variants(request.getVariantsList(), EnumSet.allOf(OnnxVariant.class));
        Specification.checkExportable(request, variants);
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
        TokenStream stream = TokenStream.of(train, endOfText);
        HeldOutText preview =
                HeldOutText.of(text.holdout(), holdout, endOfText, PretrainTrainer.PREVIEW_TOKENS);

        ModelConfig config =
                Specification.modelConfig(request, tokenizer.vocabularySize(), endOfText);
        try (LlamaModel model = LlamaModel.random(config, settings.seed())) {
            String prompt = firstWords(text.holdout().getFirst());
            PretrainTrainer trainer =
                    new PretrainTrainer(
                            model,
                            stream,
                            preview,
                            () -> says(model, tokenizer, prompt, endOfText),
                            settings,
                            job.run());
            if (!trainer.train()) {
                return null;
            }
            HeldOutText all = HeldOutText.of(text.holdout(), holdout, endOfText, FINAL_TOKENS);
            Map<String, Double> metrics = new TreeMap<>();
            measure(model, all, metrics, settings.sequenceLength());
            compare(train, holdout, endOfText, all, config.vocabularySize(), metrics);
            if (wordNet != null) {
                probe(model, tokenizer, endOfText, wordNet, metrics);
            }
            return new PackageWriter(job)
                    .write(
                            model,
                            companions(tokenizer, config),
                            variants,
                            longEnough(holdout),
                            new PackageWriter.Origin(
                                    request.getModelName(), null, null, metrics, "Apache-2.0"));
        }
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

    private static PackageWriter.Companions companions(Tokenizer tokenizer, ModelConfig config) {
        return new PackageWriter.Companions(
                TokenizerFolder.content(tokenizer),
                new TokenizerConfig(END_OF_TEXT, END_OF_TEXT, END_OF_TEXT, null, null),
                GenerationConfig.of(config));
    }

    private static String says(LlamaModel model, Tokenizer tokenizer, String prompt, int end) {
        Sampler sampler = new Sampler(0.7, SAMPLE_TOKENS, Set.of(end), 1);
        List<Sampler.Answer> answers = sampler.sample(model, List.of(tokenizer.encode(prompt)));
        String said = tokenizer.decode(answers.getFirst().ids(), true);
        return (prompt + "|" + said).replace('\n', '/');
    }

    private static String firstWords(String document) {
        List<String> words = List.of(document.split("\\s+"));
        return String.join(" ", words.subList(0, Math.min(3, words.size())));
    }

    private void measure(
            LlamaModel model, HeldOutText all, Map<String, Double> metrics, int window) {
        job.run().begin("measuring", 0, 0);
        double nats = all.nats(model, window);
        metrics.put("eval_loss", nats);
        metrics.put("eval_tokens", (double) all.tokens());
        metrics.put("eval_bytes", (double) all.bytes());
        metrics.put("eval_bits_per_byte", all.bitsPerByte(nats));
    }

    /// Holds the model against counting on the same tokens.
    private void compare(
            List<int[]> train,
            List<int[]> holdout,
            int endOfText,
            HeldOutText all,
            int vocabularySize,
            Map<String, Double> metrics) {
        if (!KneserNey.fits(NGRAM_ORDER, vocabularySize)) {
            job.run().report(0, "no 5-gram to compare with: its tables hold up to 4095 ids");
            return;
        }
        KneserNey counting = KneserNey.train(train, endOfText, NGRAM_ORDER, vocabularySize);
        double bits = all.bitsPerByte(counting.nats(all.documentsOf(holdout), endOfText));
        metrics.put("ngram_bits_per_byte", bits);
        job.run()
                .report(
                        0,
                        String.format(
                                Locale.ROOT,
                                "held-out text: %.3f bits per byte; a modified Kneser-Ney 5-gram on"
                                        + " the same tokens: %.3f",
                                metrics.get("eval_bits_per_byte"),
                                bits));
    }

    private void probe(
            LlamaModel model,
            Tokenizer tokenizer,
            int endOfText,
            WordNetText text,
            Map<String, Double> metrics) {
        Map<String, Double> shares = new AntonymProbe(tokenizer, endOfText).ask(model, text);
        metrics.putAll(shares);
        job.run()
                .report(
                        0,
                        String.format(
                                Locale.ROOT,
                                "opposites right: of the training text %.2f by sentence, %.2f by"
                                        + " few-shot block; never seen %.2f and %.2f",
                                shares.get("antonyms_seen_template"),
                                shares.get("antonyms_seen_few_shot"),
                                shares.get("antonyms_unseen_template"),
                                shares.get("antonyms_unseen_few_shot")));
    }

    /// Ids of the first documents, enough for the check of the graphs.
    static int[] longEnough(List<int[]> documents) {
        return documents.stream().limit(32).flatMapToInt(Arrays::stream).toArray();
    }
}
