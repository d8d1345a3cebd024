package dev.gyre.tokenizer.split;

/// The ways of cutting text into pieces that Gyre knows, each named after the vocabulary that
/// brought it up. The ids equal those of Hugging Face tokenizers with the same regular expression.
public enum SplitPattern {
    /// GPT-2; also the best choice for a vocabulary that is trained here.
    GPT2(
            "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
            new Gpt2Scanner(false)),
    /// SmolLM: every Unicode number alone, then GPT-2 on what lies between.
    SMOLLM(GPT2.regex, new Gpt2Scanner(true)),
    /// cl100k as Llama 3 has it: up to three numbers together.
    CL100K(
            "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}|"
                    + " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
            new Cl100kScanner(3, false)),
    /// cl100k as tiktoken has it: whitespace at the end of a text is one piece, newlines and all.
    CL100K_BASE(
            "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}|"
                    + " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s+\\z|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
            new Cl100kScanner(3, true)),
    /// Qwen2: as cl100k, but every number alone.
    QWEN2(
            "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}|"
                    + " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
            new Cl100kScanner(1, false)),
    /// o200k (GPT-4o): words end where lower case turns to upper case.
    O200K(
            "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*"
                    + "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|"
                    + "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+"
                    + "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\\p{N}{1,3}|"
                    + " ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
            new O200kScanner());

    private final String regex;
    private final PieceScanner scanner;

    SplitPattern(String regex, PieceScanner scanner) {
        this.regex = regex;
        this.scanner = scanner;
    }

    /// The regular expression as tokenizer.json has it.
    public String regex() {
        return regex;
    }

    public PieceScanner scanner() {
        return scanner;
    }
}
