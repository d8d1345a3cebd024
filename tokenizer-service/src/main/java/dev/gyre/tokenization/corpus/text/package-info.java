/// What a corpus does to one document's text, without Kafka and files: normalise, judge, remove
/// personal data, and the hashes that find duplicates.
@NullMarked
package dev.gyre.tokenization.corpus.text;

import org.jspecify.annotations.NullMarked;
