/// A sealed version of a corpus: token ids in files that a trainer maps into memory, an index of
/// the documents, and a manifest that says what was left out. docs/CORPUS.md has the formats.
@NullMarked
package dev.gyre.artifacts.shards;

import org.jspecify.annotations.NullMarked;
