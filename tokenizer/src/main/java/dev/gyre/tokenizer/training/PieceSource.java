package dev.gyre.tokenizer.training;

import java.io.IOException;

/// Different pieces with their counts, to be read as often as one likes, always in the same order.
interface PieceSource {
    /// Takes one piece.
    interface Visitor {
        /// @param text readable for [PieceCounts#PADDING] bytes behind the piece
        /// @param start first byte of the piece
        /// @param count how often it occurs
        void visit(byte[] text, int start, int length, long count) throws IOException;
    }

    /// Hands over every piece once.
    void forEach(Visitor visitor) throws IOException;

    /// The pieces of a table.
    static PieceSource of(PieceCounts counts) {
        return visitor -> {
            for (int piece = 0; piece < counts.size(); piece++) {
                visitor.visit(
                        counts.bytes(),
                        counts.start(piece),
                        counts.length(piece),
                        counts.count(piece));
            }
        };
    }
}
