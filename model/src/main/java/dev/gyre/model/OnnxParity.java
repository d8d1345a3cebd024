package dev.gyre.model;

import ai.onnxruntime.OrtException;
import java.nio.file.Path;
import java.util.Arrays;

/// How far an exported graph's log-probabilities are from those of the training weights, on one
/// sequence fed to both; part of a package's manifest.
///
/// @param positions tokens that were fed, one after the other, after a first half at once
/// @param maxLogProbabilityDifference largest |Δ log p| of any token of the vocabulary at any
///   position
/// @param maxNextLogProbabilityDifference largest |Δ log p| of the token that really comes next
/// @param meanDivergence mean KL(training ‖ exported) in nats
/// @param clearPositions positions where the training weights' two best logits are over
///   [#CLEAR_GAP] apart
/// @param sameAtClearPositions how many of them have the same best token
public record OnnxParity(
        int positions,
        double maxLogProbabilityDifference,
        double maxNextLogProbabilityDifference,
        double meanDivergence,
        int clearPositions,
        int sameAtClearPositions) {

    /// Logits that are closer than this may change places.
    public static final double CLEAR_GAP = 1e-3;

    /// Runs `model` over `ids`, the first half as one prefill and the rest token by token, and
    /// compares.
    ///
    /// @param model an exported `model.onnx`
    /// @param reference logits [time][vocabulary] of the training weights, from [ReferenceForward]
    /// @param threads threads for ONNX Runtime
    /// @throws IllegalStateException if the graph cannot be run
    public static OnnxParity measure(
            Path model, ModelConfig config, int[] ids, float[][] reference, int threads) {
        try (var run = new OnnxRun(model, config, 1, ids.length, threads)) {
            float[][] exported = new float[ids.length][];
            int prefill = Math.max(1, ids.length / 2);
            float[][] first = run.next(Arrays.copyOf(ids, prefill));
            System.arraycopy(first, 0, exported, 0, prefill);
            for (int time = prefill; time < ids.length; time++) {
                exported[time] = run.next(new int[] {ids[time]})[0];
            }
            return compare(ids, reference, exported);
        } catch (OrtException failure) {
            throw new IllegalStateException(
                    "ONNX Runtime cannot run %s: %s".formatted(model, failure.getMessage()),
                    failure);
        }
    }

    /// Compares two sets of logits [time][vocabulary] of the same `ids`.
    static OnnxParity compare(int[] ids, float[][] reference, float[][] exported) {
        double max = 0;
        double maxNext = 0;
        double divergence = 0;
        int clear = 0;
        int same = 0;
        for (int time = 0; time < ids.length; time++) {
            double[] p = logProbabilities(reference[time]);
            double[] q = logProbabilities(exported[time]);
            for (int token = 0; token < p.length; token++) {
                // Math.max keeps a NaN
                double difference = Math.abs(p[token] - q[token]);
                max = Math.max(max, difference);
                divergence += Math.exp(p[token]) * (p[token] - q[token]);
            }
            if (time + 1 < ids.length) {
                maxNext = Math.max(maxNext, Math.abs(p[ids[time + 1]] - q[ids[time + 1]]));
            }
            int best = best(reference[time], -1);
            int second = best(reference[time], best);
            if (reference[time][best] - reference[time][second] > CLEAR_GAP) {
                clear++;
                same += best(exported[time], -1) == best ? 1 : 0;
            }
        }
        return new OnnxParity(ids.length, max, maxNext, divergence / ids.length, clear, same);
    }

    static double[] logProbabilities(float[] logits) {
        double largest = Float.NEGATIVE_INFINITY;
        for (float logit : logits) {
            largest = Math.max(largest, logit);
        }
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - largest);
        }
        double logSum = largest + Math.log(sum);
        double[] logProbabilities = new double[logits.length];
        for (int token = 0; token < logits.length; token++) {
            logProbabilities[token] = logits[token] - logSum;
        }
        return logProbabilities;
    }

    static int best(float[] logits, int except) {
        int best = except == 0 ? 1 : 0;
        for (int token = 0; token < logits.length; token++) {
            if (token != except && logits[token] > logits[best]) {
                best = token;
            }
        }
        return best;
    }
}
