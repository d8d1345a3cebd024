package dev.gyre.tokenizer;

import dev.gyre.tokenizer.pipeline.Padding;
import dev.gyre.tokenizer.pipeline.Truncation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Several texts as token ids, cut off and filled up to one length for a model.
///
/// @param rows one for each text, in order
public record EncodedBatch(List<Row> rows) {
    public EncodedBatch {
        rows = List.copyOf(rows);
    }

    /// One text.
    ///
    /// @param ids token ids, padding included
    /// @param paddedStart ids of padding at the start
    /// @param paddedEnd ids of padding at the end
    /// @param truncated whether ids were cut off
    public record Row(int[] ids, int paddedStart, int paddedEnd, boolean truncated) {
        /// 1 for each token of the text, 0 for each of padding: what a model is to attend to.
        public int[] attentionMask() {
            int[] mask = new int[ids.length];
            Arrays.fill(mask, paddedStart, ids.length - paddedEnd, 1);
            return mask;
        }
    }

    /// Encodes texts on all processors as the tokenizer's own file asks: the ids that it puts
    /// around every text are added, and it cuts off and fills up (`truncation` and `padding` of
    /// tokenizer.json). As Hugging Face's `encode_batch`.
    public static EncodedBatch encode(
            Tokenizer tokenizer, List<String> texts, SpecialTokens specialTokens) {
        Truncation truncation = tokenizer.definition().truncation();
        EncodedBatch batch =
                truncation == null
                        ? encode(tokenizer, texts, specialTokens, true, 0, false)
                        : encode(
                                tokenizer,
                                texts,
                                specialTokens,
                                true,
                                truncation.maxTokens(),
                                truncation.atStart());
        Padding padding = tokenizer.definition().padding();
        return padding == null
                ? batch
                : batch.padded(
                        padding.id(), padding.length(), padding.multipleOf(), padding.atStart());
    }

    /// Encodes texts on all processors.
    ///
    /// @param framed whether the ids that the tokenizer puts around every text are added; they are
    ///   never cut off
    /// @param most most ids of a text, those around it included; 0 for no limit
    /// @param cutsStart whether the beginning is cut off in place of the end
    /// @throws IllegalArgumentException if there is no room for the ids around a text
    public static EncodedBatch encode(
            Tokenizer tokenizer,
            List<String> texts,
            SpecialTokens specialTokens,
            boolean framed,
            int most,
            boolean cutsStart) {
        int around = framed ? tokenizer.frame(new int[0]).length : 0;
        if (most < 0 || most > 0 && most < around) {
            throw new IllegalArgumentException(
                    "at most %d tokens are asked for; it must be 0 for no limit, or at least the %d put around a text"
                            .formatted(most, around));
        }
        Row[] rows = new Row[texts.size()];
        IntStream.range(0, rows.length)
                .parallel()
                .forEach(
                        i -> {
                            int[] ids = tokenizer.encode(texts.get(i), specialTokens);
                            int room = most == 0 ? ids.length : Math.min(ids.length, most - around);
                            int from = cutsStart ? ids.length - room : 0;
                            int[] kept = Arrays.copyOfRange(ids, from, from + room);
                            rows[i] =
                                    new Row(
                                            framed ? tokenizer.frame(kept) : kept,
                                            0,
                                            0,
                                            room < ids.length);
                        });
        return new EncodedBatch(List.of(rows));
    }

    /// The same texts filled up to one length. Texts that are longer stay as they are.
    ///
    /// @param padId id that fills up
    /// @param length length wanted; 0 for that of the longest text
    /// @param multipleOf the length is raised to a multiple of it; 0 or 1 for as it is
    /// @param atStart whether the beginning is filled up in place of the end
    /// @throws IllegalArgumentException if a number is negative
    public EncodedBatch padded(int padId, int length, int multipleOf, boolean atStart) {
        if (padId < 0 || length < 0 || multipleOf < 0) {
            throw new IllegalArgumentException(
                    "pad id %d, length %d and multiple %d must not be negative"
                            .formatted(padId, length, multipleOf));
        }
        int wanted =
                length > 0
                        ? length
                        : rows.stream().mapToInt(row -> row.ids().length).max().orElse(0);
        if (multipleOf > 1) {
            wanted = Math.ceilDiv(wanted, multipleOf) * multipleOf;
        }
        List<Row> padded = new ArrayList<>(rows.size());
        for (Row row : rows) {
            int missing = Math.max(0, wanted - row.ids().length);
            int[] ids = new int[row.ids().length + missing];
            Arrays.fill(ids, padId);
            System.arraycopy(row.ids(), 0, ids, atStart ? missing : 0, row.ids().length);
            padded.add(
                    new Row(
                            ids,
                            row.paddedStart() + (atStart ? missing : 0),
                            row.paddedEnd() + (atStart ? 0 : missing),
                            row.truncated()));
        }
        return new EncodedBatch(padded);
    }
}
