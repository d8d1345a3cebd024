package dev.gyre.feedback.datasets;

import dev.gyre.artifacts.Sha256;
import java.nio.charset.StandardCharsets;

/// Which prompts are held out for the gate.
///
/// Membership is a salted hash of the prompt held against the share: it depends on nothing else, so
/// a prompt once held out is never trained on later, in no line and no project. A larger share
/// holds out more prompts and keeps those it had; a smaller one lets some go, so do not shrink it
/// once a line has been trained.
public final class HoldOut {
    /// Fixed for ever: another salt would mix trained prompts into the gate's evidence.
    static final String SALT = "gyre-holdout-1:";

    private HoldOut() {}

    /// Whether a prompt is held out.
    ///
    /// @param promptSha256 hash of the prompt, as [dev.gyre.feedback.completions.PromptHash] gives
    ///   it
    /// @param share share of all prompts, 0 to 1
    public static boolean holds(String promptSha256, double share) {
        String hash = Sha256.of((SALT + promptSha256).getBytes(StandardCharsets.UTF_8));
        // 52 bits: exact as a double
        return Long.parseLong(hash.substring(0, 13), 16) * 0x1p-52 < share;
    }
}
