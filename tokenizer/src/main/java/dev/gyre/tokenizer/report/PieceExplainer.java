package dev.gyre.tokenizer.report;

import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.bpe.BpeModel;
import dev.gyre.tokenizer.pipeline.AddedToken;
import dev.gyre.tokenizer.pipeline.Model;
import dev.gyre.tokenizer.report.Explanation.Choice;
import dev.gyre.tokenizer.report.Explanation.Piece;
import dev.gyre.tokenizer.report.Explanation.Step;
import dev.gyre.tokenizer.sentencepiece.SentencePieceModel;
import dev.gyre.tokenizer.text.IdBuffer;
import dev.gyre.tokenizer.text.StretchEncoder;
import dev.gyre.tokenizer.text.Utf8Text;
import dev.gyre.tokenizer.unigram.UnigramModel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Shows the steps by which one piece after another becomes tokens. Only the steps that are shown
/// are taken one by one, so that a long piece costs no more than its length for each.
final class PieceExplainer {
    private static final int NO_RANK = Integer.MAX_VALUE;

    private final Tokenizer tokenizer;
    private final Model model;
    private final Map<BpeModel.Merge, Integer> ranks = new HashMap<>();
    private @Nullable StretchEncoder encoder;

    PieceExplainer(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
        model = tokenizer.definition().model();
        if (model instanceof BpeModel bpe) {
            for (int rank = 0; rank < bpe.merges().size(); rank++) {
                ranks.put(bpe.merges().get(rank), rank);
            }
        }
    }

    /// The tokens that a vocabulary without merges chooses.
    Piece choices(String piece) {
        List<Choice> choices = new ArrayList<>();
        IdBuffer ids = encode(piece);
        for (int i = 0; i < Math.min(ids.size(), Explanation.MOST_STEPS); i++) {
            int id = ids.get(i);
            choices.add(new Choice(id, tokenizer.token(id), score(id)));
        }
        return new Piece(piece, List.of(), List.of(), choices, ids.size() - choices.size());
    }

    private @Nullable Double score(int id) {
        return switch (model) {
            case UnigramModel unigram -> unigram.tokens().get(id).score();
            case SentencePieceModel pieces -> (double) pieces.pieces().get(id).score();
            default -> null;
        };
    }

    private IdBuffer encode(String piece) {
        if (encoder == null) {
            Set<Integer> special = new HashSet<>();
            for (AddedToken token : tokenizer.addedTokens()) {
                if (token.special()) {
                    special.add(token.id());
                }
            }
            encoder = model.encoders(tokenizer.definition().isByteLevel(), special).pieceEncoder();
        }
        Utf8Text text = Utf8Text.of(piece);
        IdBuffer ids = new IdBuffer(16);
        encoder.encode(text.bytes(), 0, text.length(), ids);
        return ids;
    }

    /// The merges of a piece, the pair of lowest rank first, the leftmost of equals.
    ///
    /// @param spelled the piece as the vocabulary spells it
    Piece merges(String spelled, String piece) {
        BpeModel bpe = (BpeModel) model;
        List<String> symbols = symbols(bpe, spelled);
        List<String> start = shown(symbols);
        if (bpe.options().wholePiecesFirst() && bpe.vocabulary().containsKey(spelled)) {
            return new Piece(spelled, List.of(spelled), List.of(), List.of(), 0);
        }
        List<Integer> pairs = new ArrayList<>();
        for (int i = 0; i + 1 < symbols.size(); i++) {
            pairs.add(rank(symbols, i));
        }
        List<Step> steps = new ArrayList<>();
        for (int best = best(pairs); best >= 0; best = best(pairs)) {
            if (steps.size() == Explanation.MOST_STEPS) {
                int more = symbols.size() - encode(piece).size();
                return new Piece(spelled, start, steps, List.of(), more);
            }
            int rank = pairs.get(best);
            BpeModel.Merge pair = bpe.merges().get(rank);
            symbols.set(best, pair.merged(bpe.options().continuingPrefix()));
            symbols.remove(best + 1);
            pairs.remove(best);
            for (int i = Math.max(0, best - 1); i <= Math.min(best, pairs.size() - 1); i++) {
                pairs.set(i, rank(symbols, i));
            }
            steps.add(new Step(rank, pair.left(), pair.right(), shown(symbols)));
        }
        return new Piece(spelled, start, steps, List.of(), 0);
    }

    private int rank(List<String> symbols, int i) {
        return ranks.getOrDefault(new BpeModel.Merge(symbols.get(i), symbols.get(i + 1)), NO_RANK);
    }

    /// Index of the pair that goes first; -1 if none is listed.
    private static int best(List<Integer> pairs) {
        int best = -1;
        int bestRank = NO_RANK;
        for (int i = 0; i < pairs.size(); i++) {
            if (pairs.get(i) < bestRank) {
                bestRank = pairs.get(i);
                best = i;
            }
        }
        return best;
    }

    private static List<String> shown(List<String> symbols) {
        if (symbols.size() <= Explanation.MOST_SYMBOLS) {
            return List.copyOf(symbols);
        }
        List<String> shown = new ArrayList<>(symbols.subList(0, Explanation.MOST_SYMBOLS - 1));
        shown.add("…");
        return shown;
    }

    private static List<String> symbols(BpeModel bpe, String piece) {
        BpeModel.Options options = bpe.options();
        boolean fallsBack = options.byteFallback();
        List<String> symbols = new ArrayList<>();
        boolean unknown = false;
        int[] points = piece.codePoints().toArray();
        for (int i = 0; i < points.length; i++) {
            String character = Character.toString(points[i]);
            String symbol =
                    (i > 0 ? options.continuingPrefix() : "")
                            + character
                            + (i + 1 == points.length ? options.endOfWordSuffix() : "");
            List<String> bytes = fallsBack ? byteTokens(character) : List.of();
            boolean known = bpe.vocabulary().containsKey(symbol);
            if (known) {
                symbols.add(symbol);
            } else if (fallsBack && bpe.vocabulary().keySet().containsAll(bytes)) {
                symbols.addAll(bytes);
                known = true;
            } else if (bpe.unknownToken() != null && !(unknown && options.fuseUnknown())) {
                symbols.add(bpe.unknownToken());
            }
            unknown = !known;
        }
        return symbols;
    }

    private static List<String> byteTokens(String character) {
        List<String> tokens = new ArrayList<>();
        for (byte value : character.getBytes(StandardCharsets.UTF_8)) {
            tokens.add("<0x%02X>".formatted(value & 0xFF));
        }
        return tokens;
    }
}
