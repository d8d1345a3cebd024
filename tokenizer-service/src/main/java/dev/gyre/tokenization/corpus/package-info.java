/// Corpora: documents arrive on Kafka, a Kafka Streams topology cleans them and keeps the index of
/// their duplicates, and sealing writes what stays as token shards. docs/CORPUS.md says what is
/// promised, [dev.gyre.tokenization.corpus.CorpusTopology] how it is kept.
@NullMarked
package dev.gyre.tokenization.corpus;

import org.jspecify.annotations.NullMarked;
