package dev.gyre.inference.generate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Chooses a token from a row of logits: penalties, then temperature, top-k, top-p.
///
/// Keeps its arrays between calls; one thread uses it.
final class Sampler {
    private final float[] penalised;
    private final float[] exponentials;
    private long[] candidates = new long[1024];

    /// @param vocabulary entries of a row of logits
    Sampler(int vocabulary) {
        penalised = new float[vocabulary];
        exponentials = new float[vocabulary];
    }

    /// The token that follows.
    ///
    /// @param logits [vocabulary], unnormalised; not changed
    /// @param sampling how to choose
    /// @param history prompt and answer so far
    /// @param place how many tokens of the answer there are: counts the random numbers
    /// @param topCount number of likeliest tokens to report, 0 to 20
    GeneratedToken next(
            float[] logits, Sampling sampling, History history, int place, int topCount) {
        int likeliest = Exponentials.indexOfLargest(logits);
        float offset = logits[likeliest];
        Exponentials.fill(logits, offset, 1, exponentials);
        double logSum = offset + Math.log(Exponentials.sum(exponentials));
        List<GeneratedToken.Top> top = top(logits, logSum, topCount);

        float[] adjusted = logits;
        if (sampling.penalises()) {
            System.arraycopy(logits, 0, penalised, 0, logits.length);
            history.penalise(penalised, sampling);
            adjusted = penalised;
            likeliest = Exponentials.indexOfLargest(adjusted);
        }
        if (sampling.temperature() == 0) {
            return token(likeliest, logits, logSum, 0, top);
        }
        // exponentials of the very logits lie there already when nothing changes them
        if (adjusted != logits || sampling.temperature() != 1) {
            float scale = (float) Math.min(1 / sampling.temperature(), 1e30);
            Exponentials.fill(adjusted, adjusted[likeliest], scale, exponentials);
        }
        double draw = RandomNumbers.uniform(sampling.seed(), place);
        boolean all =
                sampling.topP() == 1 && (sampling.topK() == 0 || sampling.topK() >= logits.length);
        Draw drawn =
                all ? drawOfAll(draw) : drawOfLikeliest(draw, sampling.topK(), sampling.topP());
        return token(drawn.id(), logits, logSum, drawn.logprob(), top);
    }

    /// @param id token id
    /// @param logprob natural logarithm of the probability it was drawn with
    private record Draw(int id, float logprob) {}

    private static GeneratedToken token(
            int id,
            float[] logits,
            double logSum,
            float samplerLogprob,
            List<GeneratedToken.Top> top) {
        return new GeneratedToken(id, (float) (logits[id] - logSum), samplerLogprob, top);
    }

    /// Inverts the distribution function: whole blocks first, then the entries of one block.
    private Draw drawOfAll(double draw) {
        double total = Exponentials.sum(exponentials);
        double left = draw * total;
        int start = 0;
        for (; start + Exponentials.BLOCK < exponentials.length; start += Exponentials.BLOCK) {
            double block = Exponentials.blockSum(exponentials, start);
            if (left < block) {
                break;
            }
            left -= block;
        }
        int end = Math.min(start + Exponentials.BLOCK, exponentials.length);
        int chosen = start;
        for (int i = start; i < end; i++) {
            chosen = i;
            left -= exponentials[i];
            if (left < 0) {
                break;
            }
        }
        return new Draw(chosen, (float) Math.log(exponentials[chosen] / total));
    }

    private Draw drawOfLikeliest(double draw, int topK, double topP) {
        int count = likeliestFirst(topK, topP);
        if (topK > 0) {
            count = Math.min(count, topK);
        }
        // top-p counts the probabilities that top-k left
        double ofTopK = topK > 0 ? total(count) : Exponentials.sum(exponentials);
        int kept = 0;
        double keptTotal = 0;
        while (kept < count && (kept == 0 || keptTotal < topP * ofTopK)) {
            keptTotal += exponentials[id(candidates[kept++])];
        }
        double left = draw * keptTotal;
        int chosen = id(candidates[0]);
        for (int i = 0; i < kept; i++) {
            chosen = id(candidates[i]);
            left -= exponentials[chosen];
            if (left < 0) {
                break;
            }
        }
        return new Draw(chosen, (float) Math.log(exponentials[chosen] / keptTotal));
    }

    /// Fills [#candidates] with the likeliest tokens, likeliest first, equal ones by id, and says
    /// how many: enough for `topK` tokens and for a share of `topP`. The largest exponential is 1,
    /// so the tokens above a falling threshold are tried before everything is sorted.
    private int likeliestFirst(int topK, double topP) {
        double wanted = topP * Exponentials.sum(exponentials);
        int count = 0;
        for (float threshold = 1e-2f; threshold > 1e-30f; threshold *= threshold) {
            count = above(threshold);
            boolean enough = topK > 0 ? count >= topK : total(count) >= wanted;
            if (enough) {
                Arrays.sort(candidates, 0, count);
                return count;
            }
        }
        count = above(-1);
        Arrays.sort(candidates, 0, count);
        return count;
    }

    private int above(float threshold) {
        int count = 0;
        for (int i = 0; i < exponentials.length; i++) {
            if (exponentials[i] > threshold) {
                if (count == candidates.length) {
                    candidates = Arrays.copyOf(candidates, count * 2);
                }
                // bits of a positive float grow with it: complemented, ascending is likeliest first
                candidates[count++] = (long) ~Float.floatToRawIntBits(exponentials[i]) << 32 | i;
            }
        }
        return count;
    }

    private double total(int count) {
        double total = 0;
        for (int i = 0; i < count; i++) {
            total += exponentials[id(candidates[i])];
        }
        return total;
    }

    private static int id(long candidate) {
        return (int) candidate;
    }

    private static List<GeneratedToken.Top> top(float[] logits, double logSum, int count) {
        if (count == 0) {
            return List.of();
        }
        int[] ids = new int[Math.min(count, logits.length)];
        int filled = 0;
        for (int i = 0; i < logits.length; i++) {
            if (filled == ids.length && logits[i] <= logits[ids[filled - 1]]) {
                continue;
            }
            int place = filled < ids.length ? filled++ : filled - 1;
            while (place > 0 && logits[ids[place - 1]] < logits[i]) {
                ids[place] = ids[place - 1];
                place--;
            }
            ids[place] = i;
        }
        List<GeneratedToken.Top> top = new ArrayList<>();
        for (int id : ids) {
            top.add(new GeneratedToken.Top(id, (float) (logits[id] - logSum)));
        }
        return top;
    }
}
