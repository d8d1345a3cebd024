package dev.gyre.tokenizer.split;

/// A scanner that cuts most text a window at a time.
interface WindowScanner extends PieceScanner {
    /// Bytes that are cut piece by piece where a window tells nothing: more of the kind may follow.
    int UNKNOWN = 4 * TextWindow.SIZE;

    /// Where pieces begin in a window, but for the first: no more than is sure.
    long starts(TextWindow window);

    @Override
    default int scan(byte[] text, int start, int end, int[] ends) {
        TextWindow window = new TextWindow();
        int count = 0;
        int position = start;
        while (position < end && count <= ends.length - TextWindow.SIZE) {
            int closer = position;
            if (end - position >= TextWindow.SIZE) {
                window.read(text, position);
                long starts = starts(window);
                int stop = window.stop();
                closer = position + (starts == 0 ? UNKNOWN : stop);
                if (starts != 0) {
                    write(starts, position, ends, count);
                    count += Long.bitCount(starts);
                    position += Long.SIZE - 1 - Long.numberOfLeadingZeros(starts);
                    if (stop == TextWindow.SIZE - 1) {
                        continue;
                    }
                }
            }
            do {
                position = pieceEnd(text, position, end);
                ends[count++] = position;
            } while (position <= closer && position < end && count < ends.length);
        }
        return count;
    }

    private static void write(long starts, int base, int[] ends, int from) {
        int to = from;
        long rest = starts;
        do {
            for (int i = 0; i < 8; i++) {
                ends[to + i] = base + Long.numberOfTrailingZeros(rest);
                rest &= rest - 1;
            }
            to += 8;
        } while (rest != 0);
    }
}
