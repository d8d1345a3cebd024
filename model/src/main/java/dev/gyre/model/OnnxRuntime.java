package dev.gyre.model;

import ai.onnxruntime.OrtEnvironment;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// The ONNX Runtime of this process, without its telemetry.
///
/// From 1.29.0 on ONNX Runtime sends telemetry on Linux and macOS unless `ORT_DISABLE_TELEMETRY` is
/// set when it starts. What a person generates is nobody else's business; besides, it matches the
/// command line with regular expressions that recurse, so that a process with a command line of
/// about 4 KB (a class path) ends with SIGSEGV and without a word.
public final class OnnxRuntime {
    private static final OrtEnvironment ENVIRONMENT = start();

    private OnnxRuntime() {}

    /// The environment; nothing else may ask ONNX Runtime for it.
    public static OrtEnvironment environment() {
        return ENVIRONMENT;
    }

    /// Java cannot change its own environment, and every way to start this process would have to
    /// think of it.
    @SuppressWarnings("restricted")
    private static OrtEnvironment start() {
        Linker linker = Linker.nativeLinker();
        linker.defaultLookup()
                .find("setenv") // not on Windows, whose telemetry is another
                .ifPresent(
                        function ->
                                disableTelemetry(
                                        linker.downcallHandle(
                                                function,
                                                FunctionDescriptor.of(
                                                        ValueLayout.JAVA_INT,
                                                        ValueLayout.ADDRESS,
                                                        ValueLayout.ADDRESS,
                                                        ValueLayout.JAVA_INT))));
        return OrtEnvironment.getEnvironment();
    }

    private static void disableTelemetry(MethodHandle setenv) {
        try (Arena arena = Arena.ofConfined()) {
            int result =
                    (int)
                            setenv.invokeExact(
                                    arena.allocateFrom("ORT_DISABLE_TELEMETRY"),
                                    arena.allocateFrom("1"),
                                    1);
            if (result != 0) {
                throw new IllegalStateException("setenv gave " + result);
            }
        } catch (Throwable failure) {
            throw new IllegalStateException(
                    "the telemetry of ONNX Runtime cannot be switched off", failure);
        }
    }
}
