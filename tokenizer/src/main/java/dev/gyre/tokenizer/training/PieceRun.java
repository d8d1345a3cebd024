package dev.gyre.tokenizer.training;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

/// Counted pieces in a file, in the order of their bytes.
///
/// A record is length, bytes and count; lengths and counts are written in groups of seven bits, the
/// lowest first. The length zero ends the file, with the number of records and a checksum, so that
/// a run that was cut off or changed is noticed.
final class PieceRun {
    private PieceRun() {}

    /// Writes one run.
    static final class Writer implements AutoCloseable {
        private final CRC32 checksum = new CRC32();
        private final DataOutputStream out;
        private long records;

        Writer(Path file, int bufferBytes) throws IOException {
            out =
                    new DataOutputStream(
                            new BufferedOutputStream(
                                    new CheckedOutputStream(
                                            Files.newOutputStream(
                                                    file, StandardOpenOption.CREATE_NEW),
                                            checksum),
                                    bufferBytes));
        }

        void write(byte[] text, int start, int length, long count) throws IOException {
            writeNumber(length);
            out.write(text, start, length);
            writeNumber(count);
            records++;
        }

        private void writeNumber(long number) throws IOException {
            long rest = number;
            while (rest >= 0x80) {
                out.write((int) (rest & 0x7F | 0x80));
                rest >>>= 7;
            }
            out.write((int) rest);
        }

        /// Says that the run is whole.
        void finish() throws IOException {
            writeNumber(0);
            out.writeLong(records);
            out.flush();
            out.writeLong(checksum.getValue());
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }

    /// Reads one run piece by piece.
    static final class Reader implements AutoCloseable {
        private final Path file;
        private final CRC32 checksum = new CRC32();
        private final DataInputStream in;
        private byte[] bytes = new byte[256];
        private int length;
        private long count;
        private long records;

        Reader(Path file, int bufferBytes) throws IOException {
            this.file = file;
            // The checksum is taken of what has been read, not of what is buffered.
            in =
                    new DataInputStream(
                            new CheckedInputStream(
                                    new BufferedInputStream(
                                            Files.newInputStream(file), bufferBytes),
                                    checksum));
        }

        /// Goes to the next piece.
        ///
        /// @return `false` at the end
        /// @throws IOException if the file is cut off or damaged
        boolean next() throws IOException {
            try {
                long read = readNumber();
                if (read == 0) {
                    readEnd();
                    return false;
                }
                if (read > Integer.MAX_VALUE - 64) {
                    throw damaged("a piece has %d bytes".formatted(read));
                }
                length = (int) read;
                if (bytes.length < length + PieceCounts.PADDING) {
                    bytes = new byte[Math.max(bytes.length * 2, length + PieceCounts.PADDING)];
                }
                in.readFully(bytes, 0, length);
                count = readNumber();
                records++;
                return true;
            } catch (EOFException e) {
                throw new IOException(damaged("it ends too early").getMessage(), e);
            }
        }

        private void readEnd() throws IOException {
            long expected = in.readLong();
            long sum = checksum.getValue();
            if (expected != records || in.readLong() != sum) {
                throw damaged("%d pieces were read, %d written".formatted(records, expected));
            }
        }

        private IOException damaged(String what) {
            return new IOException(
                    "the spilled run %s is damaged (%s); is the disk full? Train again"
                            .formatted(file, what));
        }

        private long readNumber() throws IOException {
            long number = 0;
            for (int shift = 0; shift < 64; shift += 7) {
                int group = in.readUnsignedByte();
                number |= (long) (group & 0x7F) << shift;
                if (group < 0x80) {
                    return number;
                }
            }
            throw damaged("a number has over 64 bits");
        }

        /// The piece, readable for [PieceCounts#PADDING] bytes behind its end.
        byte[] bytes() {
            return bytes;
        }

        int length() {
            return length;
        }

        long count() {
            return count;
        }

        int compareTo(Reader other) {
            return Arrays.compareUnsigned(bytes, 0, length, other.bytes, 0, other.length);
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
