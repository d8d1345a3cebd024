package dev.gyre.model;

import ai.onnxruntime.OrtEnvironment;

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

    /// In the process itself: every way to start it would have to think of the variable.
    private static OrtEnvironment start() {
        if (Environment.canSet()) { // on Windows the telemetry is another
            Environment.set("ORT_DISABLE_TELEMETRY", "1");
        }
        return OrtEnvironment.getEnvironment();
    }
}
