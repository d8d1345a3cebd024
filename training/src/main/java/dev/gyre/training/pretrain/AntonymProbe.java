package dev.gyre.training.pretrain;

import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.training.engine.LlamaModel;
import dev.gyre.training.engine.Sampler;
import dev.gyre.training.wordnet.WordNetText;
import dev.gyre.training.wordnet.WordNetText.Opposites;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// Asks a model for opposites, by sentence (`The opposite of hot is`) and by a few-shot block, and
/// counts the right ones: those of training documents show what was kept, those of none what was
/// understood. An answer counts when it is any opposite that WordNet lists for the word.
public final class AntonymProbe {
    private static final int MOST_QUESTIONS = 200;
    private static final int SHOTS = 3;
    private static final int MAX_TOKENS = 12;
    private static final long SEED = 5;

    private final Tokenizer tokenizer;
    private final int endOfText;

    public AntonymProbe(Tokenizer tokenizer, int endOfText) {
        this.tokenizer = tokenizer;
        this.endOfText = endOfText;
    }

    /// @return shares of right answers, 0 to 1, under `antonyms_seen_template`,
    ///   `antonyms_seen_few_shot`, `antonyms_unseen_template`, `antonyms_unseen_few_shot`
    public SortedMap<String, Double> ask(LlamaModel model, WordNetText text) {
        Set<Opposites> right = new HashSet<>(text.seenAntonyms());
        right.addAll(text.unseenAntonyms());
        SortedMap<String, Double> shares = new TreeMap<>();
        ask(model, "antonyms_seen", text.seenAntonyms(), text.seenAntonyms(), right, shares);
        ask(model, "antonyms_unseen", text.unseenAntonyms(), text.seenAntonyms(), right, shares);
        return shares;
    }

    private void ask(
            LlamaModel model,
            String name,
            List<Opposites> pairs,
            List<Opposites> shots,
            Set<Opposites> right,
            SortedMap<String, Double> shares) {
        Random random = new Random(SEED);
        List<Opposites> asked = new ArrayList<>(pairs);
        Collections.shuffle(asked, random);
        asked = asked.subList(0, Math.min(asked.size(), MOST_QUESTIONS));
        List<String> sentences = new ArrayList<>();
        List<String> blocks = new ArrayList<>();
        for (Opposites pair : asked) {
            sentences.add("The opposite of " + pair.word() + " is");
            List<String> lines = new ArrayList<>();
            while (lines.size() < SHOTS) {
                Opposites shot = shots.get(random.nextInt(shots.size()));
                if (!shot.word().equals(pair.word())) {
                    lines.add(shot.fewShot());
                }
            }
            blocks.add(String.join("\n", lines) + "\nInput: " + pair.word() + "\nOutput:");
        }
        shares.put(name + "_template", share(model, asked, sentences, ".", right));
        shares.put(name + "_few_shot", share(model, asked, blocks, "\n", right));
    }

    private double share(
            LlamaModel model,
            List<Opposites> asked,
            List<String> prompts,
            String end,
            Set<Opposites> right) {
        Sampler greedy = new Sampler(0, MAX_TOKENS, Set.of(endOfText), 1);
        List<Sampler.Answer> answers =
                greedy.sample(model, prompts.stream().map(tokenizer::encode).toList());
        int count = 0;
        for (int index = 0; index < answers.size(); index++) {
            String said = tokenizer.decode(answers.get(index).ids(), true);
            int stop = said.indexOf(end);
            String word = (stop < 0 ? said : said.substring(0, stop)).trim();
            count += right.contains(new Opposites(asked.get(index).word(), word)) ? 1 : 0;
        }
        return (double) count / Math.max(1, answers.size());
    }
}
