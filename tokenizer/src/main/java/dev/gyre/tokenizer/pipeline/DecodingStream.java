package dev.gyre.tokenizer.pipeline;

import dev.gyre.tokenizer.text.Utf8;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/// Runs tokens through the steps of a [Decoder] as they come. What a later token may still change
/// is held back.
public final class DecodingStream {
    private final StringBuilder text = new StringBuilder();
    private final Sink first;

    public DecodingStream(Decoder decoder) {
        Sink sink = new End(decoder.steps().isEmpty());
        List<Decoder.Step> steps = decoder.steps();
        for (int i = steps.size() - 1; i >= 0; i--) {
            sink =
                    switch (steps.get(i)) {
                        case Decoder.ByteLevel _ ->
                                throw new IllegalArgumentException("bytes are decoded elsewhere");
                        case Decoder.WordPiece step -> new WordPiece(step, sink);
                        case Decoder.Metaspace step -> new Metaspace(step, sink);
                        case Decoder.WordSuffix step -> new WordSuffix(step, sink);
                        case Decoder.ByteFallback _ -> new ByteFallback(sink);
                        case Decoder.Fuse _ -> new Fuse(sink);
                        case Decoder.Strip step -> new Strip(step, sink);
                        case Decoder.Replace step -> new Replace(step, sink);
                        case Decoder.SentencePiece step -> new SentencePiece(step, sink);
                    };
        }
        first = sink;
    }

    /// The text that this token completes.
    public String add(String token) {
        first.add(token, true);
        return take();
    }

    /// What was held back.
    public String finish() {
        first.end();
        return take();
    }

    private String take() {
        String taken = text.toString();
        text.setLength(0);
        return taken;
    }

    /// Takes tokens, each in one or more parts.
    private interface Sink {
        /// @param begins whether the part begins a token
        void add(String part, boolean begins);

        void end();
    }

    private final class End implements Sink {
        private final boolean blanks;
        private boolean started;

        End(boolean blanks) {
            this.blanks = blanks;
        }

        @Override
        public void add(String part, boolean begins) {
            if (blanks && started && begins) {
                text.append(' ');
            }
            started = true;
            text.append(part);
        }

        @Override
        public void end() {}
    }

    private static final class WordPiece implements Sink {
        private static final String[][] CLEANUP = {
            {" .", "."},
            {" ?", "?"},
            {" !", "!"},
            {" ,", ","},
            {" ' ", "'"},
            {" n't", "n't"},
            {" 'm", "'m"},
            {" do not", " don't"},
            {" 's", "'s"},
            {" 've", "'ve"},
            {" 're", "'re"}
        };

        private final Decoder.WordPiece step;
        private final Sink next;
        private boolean started;

        WordPiece(Decoder.WordPiece step, Sink next) {
            this.step = step;
            this.next = next;
        }

        @Override
        public void add(String part, boolean begins) {
            String token = part;
            if (started) {
                token =
                        token.startsWith(step.prefix())
                                ? token.substring(step.prefix().length())
                                : " " + token;
            }
            started = true;
            if (step.cleanup()) {
                for (String[] change : CLEANUP) {
                    token = token.replace(change[0], change[1]);
                }
            }
            next.add(token, true);
        }

        @Override
        public void end() {
            next.end();
        }
    }

    private static final class Metaspace implements Sink {
        private final String replacement;
        private final boolean dropsFirst;
        private final Sink next;
        private boolean started;

        Metaspace(Decoder.Metaspace step, Sink next) {
            this.replacement = Character.toString(step.replacement());
            this.dropsFirst = step.prefix() != PreTokenizer.Metaspace.Prefix.NEVER;
            this.next = next;
        }

        @Override
        public void add(String part, boolean begins) {
            next.add(part.replace(replacement, dropsFirst && !started ? "" : " "), true);
            started = true;
        }

        @Override
        public void end() {
            next.end();
        }
    }

    /// The last token is held back: only there the suffix is dropped.
    private static final class WordSuffix implements Sink {
        private final String suffix;
        private final Sink next;
        private String held = "";
        private boolean holds;

        WordSuffix(Decoder.WordSuffix step, Sink next) {
            this.suffix = step.suffix();
            this.next = next;
        }

        @Override
        public void add(String part, boolean begins) {
            if (holds) {
                next.add(held.replace(suffix, " "), true);
            }
            held = part;
            holds = true;
        }

        @Override
        public void end() {
            if (holds) {
                next.add(held.replace(suffix, ""), true);
            }
            next.end();
        }
    }

    private static final class ByteFallback implements Sink {
        private static final Pattern BYTE = Pattern.compile("<0x([0-9A-Fa-f]{2})>");

        private final Sink next;
        private byte[] run = new byte[16];
        private int length;

        ByteFallback(Sink next) {
            this.next = next;
        }

        @Override
        public void add(String part, boolean begins) {
            var matcher = BYTE.matcher(part);
            if (matcher.matches()) {
                if (length == run.length) {
                    run = Arrays.copyOf(run, length * 2);
                }
                run[length++] = (byte) Integer.parseInt(matcher.group(1), 16);
                return;
            }
            flush();
            next.add(part, true);
        }

        private void flush() {
            if (length == 0) {
                return;
            }
            try {
                String valid =
                        StandardCharsets.UTF_8
                                .newDecoder()
                                .decode(ByteBuffer.wrap(run, 0, length))
                                .toString();
                next.add(valid, true);
            } catch (CharacterCodingException invalid) {
                for (int i = 0; i < length; i++) {
                    next.add("\uFFFD", true);
                }
            }
            length = 0;
        }

        @Override
        public void end() {
            flush();
            next.end();
        }
    }

    private static final class Fuse implements Sink {
        private final Sink next;
        private boolean started;

        Fuse(Sink next) {
            this.next = next;
        }

        @Override
        public void add(String part, boolean begins) {
            next.add(part, !started);
            started = true;
        }

        @Override
        public void end() {
            next.end();
        }
    }

    private static final class Strip implements Sink {
        private final Decoder.Strip step;
        private final String character;
        private final Sink next;
        private int toStrip;

        /// Characters at the end that are dropped if the token ends here.
        private int held;

        private boolean begun;
        private boolean handedOn;

        Strip(Decoder.Strip step, Sink next) {
            this.step = step;
            this.character = Character.toString(step.character());
            this.next = next;
        }

        @Override
        public void add(String part, boolean begins) {
            if (begins) {
                endToken();
                toStrip = step.start();
                begun = true;
                handedOn = false;
            }
            String rest = part;
            while (toStrip > 0 && rest.startsWith(character)) {
                rest = rest.substring(character.length());
                toStrip--;
            }
            if (rest.isEmpty()) {
                return;
            }
            toStrip = 0;
            int end = rest.length();
            int trailing = 0;
            while (trailing < step.stop()
                    && end > 0
                    && rest.startsWith(character, end - character.length())) {
                end -= character.length();
                trailing++;
            }
            if (end > 0) {
                hand(character.repeat(held) + rest.substring(0, end));
                held = trailing;
            } else {
                int over = Math.max(0, held + trailing - step.stop());
                if (over > 0) {
                    hand(character.repeat(over));
                }
                held = held + trailing - over;
            }
        }

        private void hand(String part) {
            next.add(part, !handedOn);
            handedOn = true;
        }

        private void endToken() {
            if (begun && !handedOn) {
                next.add("", true);
            }
            held = 0;
        }

        @Override
        public void end() {
            endToken();
            begun = false;
            next.end();
        }
    }

    private static final class Replace implements Sink {
        private final Decoder.Replace step;
        private final Sink next;

        Replace(Decoder.Replace step, Sink next) {
            this.step = step;
            this.next = next;
        }

        @Override
        public void add(String part, boolean begins) {
            next.add(part.replace(step.pattern(), step.content()), begins);
        }

        @Override
        public void end() {
            next.end();
        }
    }

    /// Bytes are held back until they make a character, or cannot.
    private static final class SentencePiece implements Sink {
        private static final int BYTE_LENGTH = "<0x00>".length();
        private static final Pattern BYTE = Pattern.compile("<0x([0-9A-F]{2})>");

        private final Decoder.SentencePiece step;
        private final Sink next;
        private byte[] bytes = new byte[16];
        private int length;
        private boolean textSeen;
        private boolean blankDropped;
        private boolean atBeginning = true;

        SentencePiece(Decoder.SentencePiece step, Sink next) {
            this.step = step;
            this.next = next;
        }

        @Override
        public void add(String part, boolean begins) {
            if (step.bytes() && part.length() == BYTE_LENGTH) {
                var matcher = BYTE.matcher(part);
                if (matcher.matches()) {
                    if (length == bytes.length) {
                        bytes = Arrays.copyOf(bytes, length * 2);
                    }
                    bytes[length++] = (byte) Integer.parseInt(matcher.group(1), 16);
                    return;
                }
            }
            flush();
            atBeginning &= !blankDropped && !textSeen;
            hand(text(part));
        }

        private String text(String piece) {
            blankDropped = false;
            if (step.control().contains(piece)) {
                return "";
            }
            if (piece.equals(step.unknown())) {
                return step.unknownSurface();
            }
            String text = piece;
            if (atBeginning && step.dropsFirst() && text.startsWith("\u2581")) {
                text = text.substring(1);
                blankDropped = !step.dropsAll();
            }
            return text.replace('\u2581', ' ');
        }

        private void hand(String text) {
            textSeen |= !text.isEmpty();
            next.add(text, true);
        }

        private void flush() {
            if (length > 0) {
                // each byte that is part of no character becomes one U+FFFD
                hand(Utf8.decodeEachInvalidByte(bytes, length));
                length = 0;
            }
        }

        @Override
        public void end() {
            flush();
            next.end();
        }
    }
}
