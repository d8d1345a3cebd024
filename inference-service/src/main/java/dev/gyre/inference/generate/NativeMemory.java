package dev.gyre.inference.generate;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// Zeroed native memory whose pages cost nothing until they are written.
///
/// A KV cache reserves room for full contexts in all slots, hundreds of megabytes, of which short
/// conversations touch little. `ByteBuffer.allocateDirect` and `Arena` write zeros into every page;
/// `calloc` takes fresh pages from the kernel, which are zero already.
final class NativeMemory implements AutoCloseable {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle CALLOC =
            handle(
                    "calloc",
                    FunctionDescriptor.of(
                            ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
    private static final MethodHandle FREE =
            handle("free", FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));

    private final MemorySegment segment;
    private boolean closed;

    /// @param bytes size, above 0
    /// @throws IllegalStateException when the memory is not to be had
    @SuppressWarnings("restricted")
    NativeMemory(long bytes) {
        MemorySegment address;
        try {
            address = (MemorySegment) CALLOC.invokeExact(bytes, 1L);
        } catch (Throwable e) {
            throw new IllegalStateException("calloc of " + bytes + " bytes failed", e);
        }
        if (address.address() == 0) {
            throw new IllegalStateException(
                    "no memory for "
                            + bytes
                            + " bytes; lower gyre.generate.slots or gyre.generate.context-length");
        }
        segment = address.reinterpret(bytes);
    }

    /// The memory; not to be touched after [#close()].
    MemorySegment segment() {
        return segment;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            FREE.invokeExact(segment);
        } catch (Throwable e) {
            throw new IllegalStateException("free failed", e);
        }
    }

    @SuppressWarnings("restricted")
    private static MethodHandle handle(String name, FunctionDescriptor descriptor) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor);
    }
}
