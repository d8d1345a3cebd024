package dev.gyre.inference.generate;

import java.util.List;

/// A generated token.
///
/// @param id token id
/// @param logprob natural logarithm of the model's own probability: temperature 1, no penalties
/// @param samplerLogprob natural logarithm of the probability it was drawn with; 0 when greedy
/// @param top the likeliest tokens by the model's own probability, likeliest first, as many as
///   asked for
public record GeneratedToken(int id, float logprob, float samplerLogprob, List<Top> top) {
    /// One of the likeliest tokens at a place.
    ///
    /// @param id token id
    /// @param logprob natural logarithm of the model's own probability
    public record Top(int id, float logprob) {}

    public GeneratedToken {
        top = List.copyOf(top);
    }

    /// The same token without its neighbours, as events keep it.
    public GeneratedToken withoutTop() {
        return top.isEmpty() ? this : new GeneratedToken(id, logprob, samplerLogprob, List.of());
    }
}
