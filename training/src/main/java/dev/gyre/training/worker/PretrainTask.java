package dev.gyre.training.worker;

import dev.gyre.artifacts.Manifest;
import dev.gyre.model.GenerationConfig;
import dev.gyre.model.ModelConfig;
import dev.gyre.model.OnnxVariant;
import dev.gyre.proto.training.v1.PretrainJob;
import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.chat.TokenizerConfig;
import dev.gyre.training.engine.LlamaModel;
import dev.gyre.training.engine.Sampler;
import dev.gyre.training.pretrain.AntonymProbe;
import dev.gyre.training.pretrain.PretrainSettings;
import dev.gyre.training.pretrain.PretrainTrainer;
import dev.gyre.training.text.HeldOutText;
import dev.gyre.training.text.KneserNey;
import dev.gyre.training.wordnet.WordNetText;
import java.io.IOException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Trains a model from random weights, on a text and with a tokenizer made for it or on a sealed
/// corpus, and says how good it is.
final class PretrainTask {
    private static final int NGRAM_ORDER = 5;

    /// Most tokens whose n-grams are counted, for which the heap must do. Of novels, with 4,000
    /// ids, 4.0 million take 0.83 GB, and 5.6 million are too many for the worker's 1 GB.
    private static final long COUNTED_TOKENS = 4_000_000;

    private static final int SAMPLE_TOKENS = 24;

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

        try (PretrainText text = text();
                LlamaModel model = LlamaModel.random(config(text.tokenizer()), settings.seed())) {
            PretrainTrainer trainer =
                    new PretrainTrainer(
                            model,
                            text.stream(),
                            text.heldOut(PretrainTrainer.PREVIEW_TOKENS),
                            sample(model, text),
                            settings,
                            job.run());
            if (!trainer.train()) {
                return null;
            }
            HeldOutText all = text.heldOut(PretrainText.FINAL_TOKENS);
            Map<String, Double> metrics = new TreeMap<>();
            measure(model, all, metrics, settings.sequenceLength());
            compare(text, all, model.config().vocabularySize(), metrics);
            if (text.wordNet() != null) {
                probe(model, text.tokenizer(), text.wordNet(), metrics);
            }
            return new PackageWriter(job)
                    .write(
                            model,
                            companions(text.tokenizer(), model.config()),
                            variants,
                            longEnough(text.holdoutIds()),
                            new PackageWriter.Origin(
                                    request.getModelName(), null, null, metrics, "Apache-2.0"));
        }
    }

    private PretrainText text() throws IOException {
        return request.hasCorpus()
                ? new CorpusPreparation(job, Specification.corpus(request, job.project())).prepare()
                : new TextPreparation(job, request).prepare();
    }

    private ModelConfig config(TextTokenizer tokenizer) {
        return Specification.modelConfig(
                request, tokenizer.tokenizer().vocabularySize(), tokenizer.endOfText());
    }

    private static PackageWriter.Companions companions(
            TextTokenizer tokenizer, ModelConfig config) {
        String end = tokenizer.end();
        return new PackageWriter.Companions(
                tokenizer.file(),
                new TokenizerConfig(end, end, end, null, null),
                GenerationConfig.of(config));
    }

    /// What the model makes of the first words of the held-out text. In a script without blanks
    /// they may be longer than the context: half of it is enough.
    private static Supplier<String> sample(LlamaModel model, PretrainText text) {
        Tokenizer tokenizer = text.tokenizer().tokenizer();
        String prompt = firstWords(text.holdout().getFirst());
        int[] words = tokenizer.encode(prompt);
        int[] start =
                Arrays.copyOf(words, Math.min(words.length, model.config().contextLength() / 2));
        Sampler sampler = new Sampler(0.7, SAMPLE_TOKENS, Set.of(text.tokenizer().endOfText()), 1);
        return () -> {
            int[] said = sampler.sample(model, List.of(start)).getFirst().ids();
            return (prompt + "|" + tokenizer.decode(said, true)).replace('\n', '/');
        };
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
            PretrainText text, HeldOutText all, int vocabularySize, Map<String, Double> metrics) {
        if (text.stream().size() > COUNTED_TOKENS || !KneserNey.fits(NGRAM_ORDER, vocabularySize)) {
            job.run()
                    .report(
                            0,
                            String.format(
                                    "no 5-gram to compare with: its tables hold up to 4095 ids and %d tokens",
                                    COUNTED_TOKENS));
            return;
        }
        int endOfText = text.tokenizer().endOfText();
        KneserNey counting =
                KneserNey.train(text.documents(), endOfText, NGRAM_ORDER, vocabularySize);
        double bits = all.bitsPerByte(counting.nats(all.documentsOf(text.holdoutIds()), endOfText));
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
            TextTokenizer tokenizer,
            WordNetText text,
            Map<String, Double> metrics) {
        Map<String, Double> shares =
                new AntonymProbe(tokenizer.tokenizer(), tokenizer.endOfText()).ask(model, text);
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
