package dev.gyre.tokenization;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gyre.access.FailureException;
import dev.gyre.artifacts.ArtifactStore;
import dev.gyre.artifacts.Manifest;
import dev.gyre.artifacts.Manifest.PackageFile;
import dev.gyre.artifacts.ModelVersion;
import dev.gyre.artifacts.Sha256;
import dev.gyre.tokenization.StoredTokenizer.Place;
import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.chat.TokenizerConfig;
import dev.gyre.tokenizer.formats.SentencePieceFile;
import dev.gyre.tokenizer.formats.TokenizerFolder;
import dev.gyre.tokenizer.formats.TokenizerJson;
import dev.gyre.tokenizer.formats.Vocabularies;
import dev.gyre.tokenizer.training.TrainedTokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The built-in tokenizers and those of the artifact store: those of models under `models/`, those
/// trained or imported alone under `tokenizers/`. Every file is checked against its package's
/// manifest before it is used.
///
/// Versions sort by time, so that the newest is the last. Thread-safe.
final class TokenizerStore {
    static final String TOKENIZER = TokenizerFolder.TOKENIZER_JSON;
    static final String SENTENCEPIECE = TokenizerFolder.SENTENCEPIECE;
    static final String CONFIG = "tokenizer_config.json";
    private static final String MODEL_CONFIG = "config.json";
    private static final String TRAINED = "tokenizers";
    static final int MAX_SMALL_FILE_BYTES = 16 << 20;
    private static final DateTimeFormatter VERSION =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmssSSS'Z'").withZone(ZoneOffset.UTC);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ArtifactStore artifacts;
    private final Clock clock;
    private final Map<String, StoredTokenizer> loaded;

    /// By name; their hashes take time.
    private final Map<String, Place> builtIn = new ConcurrentHashMap<>();

    /// By the hash of tokenizer.json, since many versions of a model share one.
    private final Map<String, Integer> vocabularySizes = new ConcurrentHashMap<>();

    /// @param mostLoaded number of tokenizers kept in memory
    TokenizerStore(ArtifactStore artifacts, int mostLoaded, Clock clock) {
        this.artifacts = artifacts;
        this.clock = clock;
        this.loaded =
                new LinkedHashMap<>(16, 0.75f, true) {
                    @Override
                    protected boolean removeEldestEntry(Map.Entry<String, StoredTokenizer> eldest) {
                        return size() > mostLoaded;
                    }
                };
    }

    /// What is built in and what is in the store, by name and version.
    List<Place> list() {
        return reading(
                () -> {
                    List<Place> places = new ArrayList<>();
                    Vocabularies.names().forEach(name -> places.add(builtIn(name)));
                    for (String kind : List.of("models", TRAINED)) {
                        for (String name : artifacts.folders(kind)) {
                            for (String version : artifacts.folders(kind + "/" + name)) {
                                Place place = place(kind, name, version);
                                if (place != null) {
                                    places.add(place);
                                }
                            }
                        }
                    }
                    places.sort(Comparator.comparing(Place::name).thenComparing(Place::version));
                    return places;
                });
    }

    private Place builtIn(String name) {
        return builtIn.computeIfAbsent(
                name,
                _ ->
                        new Place(
                                name,
                                Vocabularies.VERSION,
                                Vocabularies.VERSION + "/" + name,
                                Sha256.of(Vocabularies.ranks(name))));
    }

    /// Number of token ids of a tokenizer.
    int vocabularySize(Place place) {
        if (place.version().equals(Vocabularies.VERSION)) {
            return Vocabularies.size(place.name());
        }
        Integer known = vocabularySizes.get(place.sha256());
        return known != null ? known : load(place).tokenizer().vocabularySize();
    }

    /// The tokenizer that a caller names.
    ///
    /// @param reference `name` for the newest version, or `name@version`
    /// @throws FailureException when the form is wrong or there is none
    StoredTokenizer find(String reference) {
        if (reference.isEmpty()) {
            throw FailureException.invalid(
                    "tokenizer", "no tokenizer is named; send name or name@version");
        }
        int at = reference.indexOf('@');
        String name = at < 0 ? reference : reference.substring(0, at);
        String version = at < 0 ? "" : reference.substring(at + 1);
        if (Vocabularies.names().contains(name)
                && (at < 0 || version.equals(Vocabularies.VERSION))) {
            return load(builtIn(name));
        }
        checkName(name, at < 0 ? "1" : version);
        Place place = reading(() -> at < 0 ? newest(name) : exact(name, version));
        if (place == null) {
            throw FailureException.notFound(
                    "there is no tokenizer "
                            + reference
                            + "; ListTokenizers lists those that there are");
        }
        return load(place);
    }

    private static void checkName(String name, String version) {
        try {
            new ModelVersion(name, version);
        } catch (IllegalArgumentException wrong) {
            throw FailureException.invalid(
                    "tokenizer", String.valueOf(wrong.getMessage()).replace("model", "tokenizer"));
        }
    }

    private @Nullable Place exact(String name, String version) throws IOException {
        Place ofModel = place("models", name, version);
        return ofModel != null ? ofModel : place(TRAINED, name, version);
    }

    private @Nullable Place newest(String name) throws IOException {
        for (String kind : List.of("models", TRAINED)) {
            for (String version : artifacts.folders(kind + "/" + name).reversed()) {
                Place place = place(kind, name, version);
                if (place != null) {
                    return place;
                }
            }
        }
        return null;
    }

    /// The tokenizer in a package; `null` when the package has no manifest, so does not exist.
    private @Nullable Place place(String kind, String name, String version) throws IOException {
        String folder = kind + "/" + name + "/" + version;
        if (!artifacts.exists(folder + "/" + Manifest.FILE_NAME)) {
            return null;
        }
        Map<String, PackageFile> files = files(folder);
        PackageFile tokenizer = files.getOrDefault(TOKENIZER, files.get(SENTENCEPIECE));
        return tokenizer == null ? null : new Place(name, version, folder, tokenizer.sha256());
    }

    private Map<String, PackageFile> files(String folder) throws IOException {
        byte[] manifest = read(folder + "/" + Manifest.FILE_NAME, MAX_SMALL_FILE_BYTES);
        return folder.startsWith(TRAINED)
                ? TokenizerManifest.fromJson(manifest).files()
                : Manifest.fromJson(manifest).files();
    }

    private StoredTokenizer load(Place place) {
        synchronized (loaded) {
            StoredTokenizer known = loaded.get(place.folder());
            if (known == null) {
                known =
                        place.version().equals(Vocabularies.VERSION)
                                ? new StoredTokenizer(
                                        place,
                                        Vocabularies.load(place.name()),
                                        TokenizerConfig.EMPTY,
                                        null)
                                : reading(() -> read(place));
                loaded.put(place.folder(), known);
                vocabularySizes.put(place.sha256(), known.tokenizer().vocabularySize());
            }
            return known;
        }
    }

    private StoredTokenizer read(Place place) throws IOException {
        Map<String, PackageFile> files = files(place.folder());
        TokenizerConfig config =
                files.containsKey(CONFIG)
                        ? TokenizerConfig.parse(verified(place, files, CONFIG))
                        : TokenizerConfig.EMPTY;
        String own = files.containsKey(TOKENIZER) ? TOKENIZER : SENTENCEPIECE;
        Tokenizer tokenizer = tokenizer(own, verified(place, files, own), config);
        Integer contextTokens =
                files.containsKey(MODEL_CONFIG)
                        ? contextTokens(verified(place, files, MODEL_CONFIG))
                        : null;
        return new StoredTokenizer(place, tokenizer, config, contextTokens);
    }

    /// The tokenizer of a package's files.
    ///
    /// @param name [#TOKENIZER] or [#SENTENCEPIECE]
    /// @throws IllegalArgumentException when they are damaged
    static Tokenizer tokenizer(String name, byte[] content, TokenizerConfig config) {
        return name.equals(SENTENCEPIECE)
                ? SentencePieceFile.parse(content, config)
                : TokenizerJson.parse(content);
    }

    private static @Nullable Integer contextTokens(byte[] modelConfig) throws IOException {
        JsonNode tokens = JSON.readTree(modelConfig).path("max_position_embeddings");
        return tokens.canConvertToInt() && tokens.isIntegralNumber() ? tokens.intValue() : null;
    }

    private byte[] verified(Place place, Map<String, PackageFile> files, String name)
            throws IOException {
        PackageFile expected = files.get(name);
        boolean own = name.equals(TOKENIZER) || name.equals(SENTENCEPIECE);
        long most = own ? TokenizerJson.MAX_FILE_BYTES : MAX_SMALL_FILE_BYTES;
        byte[] content = read(place.folder() + "/" + name, most);
        String actual = Sha256.of(content);
        if (expected == null || !actual.equals(expected.sha256())) {
            throw new IllegalStateException(
                    "%s of %s has SHA-256 %s, its manifest says %s"
                            .formatted(
                                    name,
                                    place.reference(),
                                    actual,
                                    expected == null ? "nothing" : expected.sha256()));
        }
        return content;
    }

    private byte[] read(String path, long most) throws IOException {
        long size = artifacts.size(path);
        if (size > most) {
            throw new IllegalStateException(
                    "%s has %d bytes, the limit is %d".formatted(path, size, most));
        }
        try (InputStream in = artifacts.read(path)) {
            return in.readNBytes((int) most);
        }
    }

    /// Refuses a name that a model or a built-in tokenizer has: one would hide the other.
    ///
    /// @throws FailureException when the form is wrong or the name is taken
    void checkNewName(String name) {
        if (Vocabularies.names().contains(name)) {
            throw FailureException.conflict(
                    name + " is the name of a built-in tokenizer; choose another");
        }
        checkName(name, "1");
        if (!reading(() -> artifacts.folders("models/" + name)).isEmpty()) {
            throw FailureException.conflict(
                    "a model has the name " + name + "; choose another name for the tokenizer");
        }
    }

    /// Stores a tokenizer that was trained. Storing it again changes nothing.
    ///
    /// @param made time that the version is made of
    Place save(String name, TrainedTokenizer trained, String subject, Instant made) {
        Tokenizer tokenizer = trained.tokenizer();
        TokenizerFolder.Content content = TokenizerFolder.content(tokenizer);
        return save(
                name,
                tokenizer,
                Map.of(content.name(), content.bytes()),
                trained.report().learned(),
                trained.report().textBytes(),
                subject,
                made);
    }

    /// Stores a tokenizer that was imported, as the newest version of its name.
    ///
    /// @param files content by name, the tokenizer's own file among them
    Place save(String name, Tokenizer tokenizer, Map<String, byte[]> files, String subject) {
        return save(name, tokenizer, files, 0, 0, subject, clock.instant());
    }

    /// The manifest is written last.
    private Place save(
            String name,
            Tokenizer tokenizer,
            Map<String, byte[]> files,
            int merges,
            long textBytes,
            String subject,
            Instant made) {
        Map<String, PackageFile> hashes = new LinkedHashMap<>();
        files.forEach(
                (file, content) ->
                        hashes.put(file, new PackageFile(content.length, Sha256.of(content))));
        PackageFile own = hashes.getOrDefault(TOKENIZER, hashes.get(SENTENCEPIECE));
        if (own == null) {
            throw new IllegalArgumentException("no tokenizer among " + files.keySet());
        }
        String version = VERSION.format(made) + "-" + own.sha256().substring(0, 8);
        String folder = TRAINED + "/" + name + "/" + version;
        TokenizerManifest manifest =
                new TokenizerManifest(
                        TokenizerManifest.SCHEMA_VERSION,
                        name,
                        version,
                        hashes,
                        tokenizer.vocabularySize(),
                        merges,
                        textBytes,
                        subject);
        return reading(
                () -> {
                    for (Map.Entry<String, byte[]> file : files.entrySet()) {
                        artifacts.write(folder + "/" + file.getKey(), file.getValue());
                    }
                    String place = folder + "/" + Manifest.FILE_NAME;
                    byte[] content = manifest.toJson();
                    if (!artifacts.writeIfAbsent(place, content)
                            && !Arrays.equals(content, read(place, MAX_SMALL_FILE_BYTES))) {
                        throw FailureException.conflict(
                                name + "@" + version + " exists already; try again");
                    }
                    return new Place(name, version, folder, own.sha256());
                });
    }

    /// Whether the store answers.
    boolean isReachable() {
        try {
            artifacts.folders("models");
            return true;
        } catch (IOException unreachable) {
            return false;
        }
    }

    private interface Reading<T extends @Nullable Object> {
        T run() throws IOException;
    }

    private static <T extends @Nullable Object> T reading(Reading<T> reading) {
        try {
            return reading.run();
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot reach the artifact store", failure);
        } catch (IllegalArgumentException damaged) {
            // not the caller's fault
            throw new IllegalStateException(
                    "a package is damaged: " + damaged.getMessage(), damaged);
        }
    }
}
