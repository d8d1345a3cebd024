package dev.gyre.training.wordnet;

/// A part of speech and the name of its file.
enum PartOfSpeech {
    NOUN("data.noun"),
    VERB("data.verb"),
    ADJECTIVE("data.adj"),
    ADVERB("data.adv");

    private final String file;

    PartOfSpeech(String file) {
        this.file = file;
    }

    String file() {
        return file;
    }

    /// @param letter `n`, `v`, `a`, `s` (an adjective that belongs to another) or `r`
    static PartOfSpeech of(String letter) {
        return switch (letter) {
            case "n" -> NOUN;
            case "v" -> VERB;
            case "a", "s" -> ADJECTIVE;
            case "r" -> ADVERB;
            default -> throw new IllegalArgumentException("'" + letter + "' is no part of speech");
        };
    }
}
