package dev.gyre.tokenizer.pipeline;

import java.util.ArrayList;
import java.util.List;

/// What is put around the ids of a text, or of a pair of texts.
///
/// @param single around one text
/// @param pair around two; empty if pairs are not known
/// @param trimsOffsets whether offsets leave out the blanks at a token's ends, as byte-level
///   vocabularies have it
/// @param addPrefixSpace whether a blank was put before the text, which trimming passes over
public record PostProcessor(
        List<Part> single, List<Part> pair, boolean trimsOffsets, boolean addPrefixSpace) {
    /// Puts nothing around texts.
    public static final PostProcessor NONE =
            new PostProcessor(
                    List.of(new Text(0, 0)), List.of(new Text(0, 0), new Text(1, 1)), false, false);

    /// A part of the result.
    public sealed interface Part {}

    /// A text's ids.
    ///
    /// @param index 0 for the first text, 1 for the second
    /// @param typeId segment that its tokens belong to
    public record Text(int index, int typeId) implements Part {}

    /// Special tokens.
    ///
    /// @param name what the file calls them
    /// @param ids their ids, in order
    /// @param typeId segment that they belong to
    public record Special(String name, List<Integer> ids, int typeId) implements Part {
        public Special {
            ids = List.copyOf(ids);
        }
    }

    /// @throws IllegalArgumentException if a text is missing, doubled or unknown
    public PostProcessor {
        single = List.copyOf(single);
        pair = List.copyOf(pair);
        requireTexts("single", single, 1);
        if (!pair.isEmpty()) {
            requireTexts("pair", pair, 2);
        }
    }

    private static void requireTexts(String name, List<Part> parts, int texts) {
        List<Integer> found = new ArrayList<>();
        for (Part part : parts) {
            if (part instanceof Text(int index, int _)) {
                found.add(index);
            }
        }
        if (!found.stream().sorted().toList().equals(texts == 1 ? List.of(0) : List.of(0, 1))) {
            throw new IllegalArgumentException(
                    "post_processor: %s must have %s"
                            .formatted(name, texts == 1 ? "$A once" : "$A and $B once each"));
        }
    }

    /// The post-processor that puts ids before and after a text.
    ///
    /// @param prefix special tokens before, in order
    /// @param suffix special tokens after, in order
    public static PostProcessor around(List<AddedToken> prefix, List<AddedToken> suffix) {
        List<Part> single = new ArrayList<>();
        List<Part> pair = new ArrayList<>();
        add(single, prefix, 0, new Text(0, 0), suffix);
        add(pair, prefix, 0, new Text(0, 0), suffix);
        add(pair, prefix, 1, new Text(1, 1), suffix);
        return new PostProcessor(single, pair, false, false);
    }

    private static void add(
            List<Part> parts,
            List<AddedToken> prefix,
            int typeId,
            Text text,
            List<AddedToken> suffix) {
        prefix.forEach(token -> parts.add(special(token, typeId)));
        parts.add(text);
        suffix.forEach(token -> parts.add(special(token, typeId)));
    }

    private static Special special(AddedToken token, int typeId) {
        return new Special(token.content(), List.of(token.id()), typeId);
    }

    /// BERT's: a start before the first text, a separator behind each; the second text and its
    /// separator have the segment 1.
    public static PostProcessor bert(Special start, Special separator) {
        List<Part> single = List.of(start, new Text(0, 0), separator);
        List<Part> pair = new ArrayList<>(single);
        pair.add(new Text(1, 1));
        pair.add(new Special(separator.name(), separator.ids(), 1));
        return new PostProcessor(single, pair, false, false);
    }

    /// The same with offsets trimmed.
    ///
    /// @param prefixSpace whether a blank was put before the text
    public PostProcessor trimming(boolean prefixSpace) {
        return new PostProcessor(single, pair, true, prefixSpace);
    }

    /// All special tokens that are put around texts.
    public List<Special> specials() {
        List<Special> specials = new ArrayList<>();
        for (List<Part> parts : List.of(single, pair)) {
            for (Part part : parts) {
                if (part instanceof Special special) {
                    specials.add(special);
                }
            }
        }
        return specials;
    }
}
