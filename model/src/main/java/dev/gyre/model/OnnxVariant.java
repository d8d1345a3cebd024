package dev.gyre.model;

/// Kinds of exported graphs: how the linear layers' weights are stored. Inputs and outputs are
/// float32 in all of them.
public enum OnnxVariant {
    /// Weights as float32: exact, and what reproducible mode runs.
    FP32("fp32"),
    /// Weights as 8-bit integers with a float32 scale for each 16 of them, activations quantised on
    /// the way (accuracy level 4): a third of the memory traffic, so about twice as fast at decode.
    INT8("int8");

    private final String folder;

    OnnxVariant(String folder) {
        this.folder = folder;
    }

    /// Name of the variant's folder below `onnx/` in a package.
    public String folder() {
        return folder;
    }
}
