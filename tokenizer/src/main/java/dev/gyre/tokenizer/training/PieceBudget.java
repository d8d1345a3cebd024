package dev.gyre.tokenizer.training;

import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;

/// Which pieces are learned from when not all of them fit into memory: the frequent ones.
final class PieceBudget {
    /// What is learned from.
    ///
    /// @param leastCount pieces that occur less often are left out; 1 if none is
    /// @param pieces different pieces that are kept
    /// @param symbols their bytes or characters
    /// @param droppedPieces different pieces that are left out
    /// @param droppedOccurrences how often they occur in all
    record Kept(
            long leastCount,
            int pieces,
            int symbols,
            long droppedPieces,
            long droppedOccurrences) {}

    private static final int MOST_SYMBOLS = Integer.MAX_VALUE - 64;

    private final long memoryBytes;
    private final long bytesPerPiece;
    private final long bytesPerSymbol;

    /// Pieces and symbols by how often the piece occurs, the most frequent first.
    private final TreeMap<Long, long[]> byCount = new TreeMap<>(Comparator.reverseOrder());

    PieceBudget(long memoryBytes, long bytesPerPiece, long bytesPerSymbol) {
        this.memoryBytes = memoryBytes;
        this.bytesPerPiece = bytesPerPiece;
        this.bytesPerSymbol = bytesPerSymbol;
    }

    void add(long count, int symbols) {
        long[] sums = byCount.computeIfAbsent(count, _ -> new long[2]);
        sums[0]++;
        sums[1] += symbols;
    }

    /// As many of the most frequent pieces as fit; pieces that occur equally often are all kept or
    /// all left out.
    ///
    /// @throws IllegalArgumentException if not even the most frequent ones fit
    Kept kept() {
        long pieces = 0;
        long symbols = 0;
        long leastCount = Long.MAX_VALUE;
        long droppedPieces = 0;
        long droppedOccurrences = 0;
        boolean full = false;
        for (Map.Entry<Long, long[]> entry : byCount.entrySet()) {
            long morePieces = pieces + entry.getValue()[0];
            long moreSymbols = symbols + entry.getValue()[1];
            full |=
                    moreSymbols > MOST_SYMBOLS
                            || morePieces > MOST_SYMBOLS
                            || morePieces * bytesPerPiece + moreSymbols * bytesPerSymbol
                                    > memoryBytes;
            if (full) {
                droppedPieces += entry.getValue()[0];
                droppedOccurrences += entry.getKey() * entry.getValue()[0];
            } else {
                pieces = morePieces;
                symbols = moreSymbols;
                leastCount = entry.getKey();
            }
        }
        if (pieces == 0 && droppedPieces > 0) {
            throw new IllegalArgumentException(
                    "training may take %d bytes of memory, too few for the most frequent pieces alone; raise the limit"
                            .formatted(memoryBytes));
        }
        return new Kept(
                full ? leastCount : 1,
                (int) pieces,
                (int) symbols,
                droppedPieces,
                droppedOccurrences);
    }
}
