package dev.gyre.tokenizer.pipeline;

/// What becomes of the stretches that a text is split at.
public enum Delimiter {
    /// Dropped.
    REMOVED("Removed"),
    /// Each a piece of its own.
    ISOLATED("Isolated"),
    /// Put at the end of the piece before.
    MERGED_WITH_PREVIOUS("MergedWithPrevious"),
    /// Put at the beginning of the piece after.
    MERGED_WITH_NEXT("MergedWithNext"),
    /// Neighbours make one piece.
    CONTIGUOUS("Contiguous");

    private final String typeName;

    Delimiter(String typeName) {
        this.typeName = typeName;
    }

    /// The name that tokenizer.json has for it.
    public String typeName() {
        return typeName;
    }

    /// Takes the stretches of one piece in order and hands the pieces on.
    static final class Splitter {
        private final Delimiter delimiter;
        private final Pieces pieces;
        private int start = -1;
        private int end;
        private boolean lastWasDelimiter;

        Splitter(Delimiter delimiter, Pieces pieces) {
            this.delimiter = delimiter;
            this.pieces = pieces;
        }

        /// The next stretch; empty ones are passed over.
        ///
        /// @param delimits whether it is one that the text is split at
        void add(int from, int to, boolean delimits) {
            if (from == to) {
                return;
            }
            switch (delimiter) {
                case REMOVED -> {
                    if (!delimits) {
                        pieces.keep(from, to);
                    }
                }
                case ISOLATED -> pieces.keep(from, to);
                case MERGED_WITH_PREVIOUS -> {
                    if (delimits && start >= 0 && !lastWasDelimiter) {
                        end = to;
                    } else {
                        hold(from, to);
                    }
                }
                case MERGED_WITH_NEXT -> {
                    if (!delimits && start >= 0 && lastWasDelimiter) {
                        end = to;
                    } else {
                        hold(from, to);
                    }
                }
                case CONTIGUOUS -> {
                    if (start >= 0 && delimits == lastWasDelimiter) {
                        end = to;
                    } else {
                        hold(from, to);
                    }
                }
            }
            lastWasDelimiter = delimits;
        }

        private void hold(int from, int to) {
            finish();
            start = from;
            end = to;
        }

        /// The end of the piece that is split.
        void finish() {
            if (start >= 0) {
                pieces.keep(start, end);
            }
            start = -1;
        }
    }
}
