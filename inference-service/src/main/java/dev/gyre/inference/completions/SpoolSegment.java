package dev.gyre.inference.completions;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/// One file of the spool: frames one after the other.
///
/// | bytes | |
/// |---|---|
/// | 4 | length of the payload, big-endian, 1 to 16 MiB |
/// | 4 | CRC-32C of the length's four bytes and the payload |
/// | length | payload |
final class SpoolSegment implements AutoCloseable {
    static final int HEADER_BYTES = 8;
    private static final int LONGEST_PAYLOAD = 16 << 20;

    private final Path file;
    private final FileChannel channel;
    private volatile long size;

    private SpoolSegment(Path file, FileChannel channel, long size) {
        this.file = file;
        this.channel = channel;
        this.size = size;
    }

    /// A payload and the place behind it.
    record Frame(byte[] payload, long end) {}

    /// Makes a new file.
    static SpoolSegment create(Path file) throws IOException {
        return new SpoolSegment(
                file,
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE),
                0);
    }

    /// Opens a file and cuts off what was not written whole when the process or the machine died:
    /// what begins with the first frame that is not in order has never been called safe. Should a
    /// disk have damaged a frame in the middle, more than that is cut off; a copy of it is left in
    /// `….cut`.
    static SpoolSegment open(Path file) throws IOException {
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        SpoolSegment segment = new SpoolSegment(file, channel, channel.size());
        List<Frame> whole = segment.frames(0, Long.MAX_VALUE);
        long end = whole.isEmpty() ? 0 : whole.getLast().end();
        if (end < segment.size) {
            Files.write(
                    file.resolveSibling(file.getFileName() + ".cut"),
                    segment.read(end, Math.toIntExact(segment.size - end)).array());
            channel.truncate(end);
            channel.force(true);
            segment.size = end;
        }
        return segment;
    }

    /// Bytes of the file.
    long size() {
        return size;
    }

    /// Writes frames at the end and waits until the disk has them.
    void append(List<byte[]> payloads) throws IOException {
        int bytes = payloads.stream().mapToInt(payload -> HEADER_BYTES + payload.length).sum();
        ByteBuffer buffer = ByteBuffer.allocate(bytes);
        for (byte[] payload : payloads) {
            buffer.putInt(payload.length).putInt(checksum(payload)).put(payload);
        }
        buffer.flip();
        try {
            long position = size;
            while (buffer.hasRemaining()) {
                position += channel.write(buffer, position);
            }
            channel.force(false);
        } catch (IOException e) {
            channel.truncate(size);
            throw e;
        }
        size += bytes;
    }

    /// The frames from a place on.
    ///
    /// @param from the start of a frame
    /// @param mostBytes stops after the frame that reaches so many bytes
    List<Frame> frames(long from, long mostBytes) throws IOException {
        List<Frame> frames = new ArrayList<>();
        long position = from;
        while (position + HEADER_BYTES < size && position - from < mostBytes) {
            ByteBuffer header = read(position, HEADER_BYTES);
            int length = header.getInt();
            int checksum = header.getInt();
            long end = position + HEADER_BYTES + length;
            if (length < 1 || length > LONGEST_PAYLOAD || end > size) {
                break;
            }
            byte[] payload = read(position + HEADER_BYTES, length).array();
            if (checksum(payload) != checksum) {
                break;
            }
            frames.add(new Frame(payload, end));
            position = end;
        }
        return frames;
    }

    /// Deletes the file.
    void delete() throws IOException {
        channel.close();
        Files.deleteIfExists(file);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private ByteBuffer read(long position, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, position + buffer.position()) < 0) {
                throw new IOException(file + " ends before byte " + (position + length));
            }
        }
        return buffer.flip();
    }

    private static int checksum(byte[] payload) {
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(Integer.BYTES).putInt(payload.length).flip());
        crc.update(payload);
        return (int) crc.getValue();
    }
}
