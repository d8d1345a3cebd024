package dev.gyre.tokenization.corpus;

/// A document as it came.
///
/// @param corpus where it belongs
/// @param id its name there
/// @param text not empty
record Document(CorpusName corpus, String id, String text) {
    Document {
        CorpusName.checkId(id);
        if (text.isEmpty()) {
            throw new IllegalArgumentException("document '" + id + "' has no text; leave it out");
        }
    }
}
