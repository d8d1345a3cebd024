"""Writes src/test/resources/golden/pipelines.json.gz from Hugging Face tokenizers (see the README there).

A miniature tokenizer.json in the shape of each well-known family, and what it makes of nasty texts: ids with special tokens
as control tokens and as text, offsets in code points, ids with what is put around a text, decoded text, and pairs of texts: ids, type ids, special tokens'
mask and offsets. SentencePiece's character map, which several have, stands apart once.

Run in the module's folder with a Python that has tokenizers, sentencepiece and protobuf.
"""

import gzip
import io
import json
import random
import runpy
from pathlib import Path

import sentencepiece
from sentencepiece import sentencepiece_model_pb2
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

FOLDER = Path(__file__).resolve().parents[1] / "resources" / "golden"
PIECES = runpy.run_path(str(Path(__file__).with_name("golden.py")), run_name="pieces")["PIECES"]
CORPUS = (FOLDER / "training.txt").read_text("utf-8").splitlines()
MORE = (
    "héllo wörld ﬃ ① ½ Å|ÀÉÎ İstanbul ŞİRKET|你好，世界 中文|a  b   c|  lead|trail  |\tTab\nnl|[CLS] hi [SEP] [MASK]x x[MASK] [MASK]  y"
    "|don't do not I'm it's we've you're , . ! ? ' |한국어 조합형 \u1112\u1161\u11ab|e\u0301 \u0301a|ｆｕｌｌ　ＡＢＣ|x\u00adx\u200bx\u200dx\ufeffx"
    "|a\r\nb\r\n|１２３ ²³ ⅫⅨ|``quoted''|ﷺ|𝒜𝓑|👨‍👩‍👧 👍🏽|" + "qwertyuiop" * 12 + "|a-b_c/d.e,f|العربية שָׁלוֹם|हिन्दी"
).split("|")
BYTES = [f"<0x{value:02X}>" for value in range(256)]
SPECIAL = ["<unk>", "<s>", "</s>"]


def texts():
    chance = random.Random(20261126)
    pieces = PIECES + MORE + ["<mask>", "<|user|>", "<|end|>", "wörd", "the", "ab", " "]
    mixed = ["".join(chance.choice(pieces) for _ in range(chance.randint(1, 15))) for _ in range(50)]
    points = [[chance.randrange(chance.choice([0x250, 0x3000, 0x20000])) for _ in range(20)] for _ in range(20)]
    return [""] + MORE + mixed + ["".join(chr(p) for p in ps if not 0xD800 <= p < 0xE000) for ps in points]


def bert(lowercase, cleanup=True):
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=lowercase)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    trainer = trainers.WordPieceTrainer(vocab_size=450, special_tokens=special, show_progress=False)
    tokenizer.train_from_iterator(CORPUS + MORE, trainer)
    tokenizer.add_special_tokens([AddedToken("[MASK]", lstrip=True)])
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    tokenizer.decoder = decoders.WordPiece(cleanup=cleanup)
    return tokenizer


def bpe(pre_tokenizer, normalizer=None, special=SPECIAL, decoder=None, alphabet=(), **options):
    model = {"unk_token": "<unk>", "fuse_unk": False, **options}
    tokenizer = Tokenizer(models.BPE(**model))
    tokenizer.pre_tokenizer = pre_tokenizer
    if normalizer:
        tokenizer.normalizer = normalizer
    affixes = {k: v for k, v in options.items() if k in ("continuing_subword_prefix", "end_of_word_suffix")}
    trainer = trainers.BpeTrainer(
        vocab_size=300, special_tokens=special, initial_alphabet=list(alphabet), show_progress=False, **affixes
    )
    tokenizer.train_from_iterator(CORPUS, trainer)
    if decoder:
        tokenizer.decoder = decoder
    return tokenizer


def byte_fallback(normalizer, pre_tokenizer, fuses=True):
    """The shape of Llama 2 and its kin: SentencePiece's BPE with a token for each byte."""
    file = json.loads(bpe(pre_tokenizers.Metaspace()).to_str())
    learned = [token for token, _ in sorted(file["model"]["vocab"].items(), key=lambda entry: entry[1])]
    tokens = SPECIAL + BYTES + [token for token in learned if token not in SPECIAL]
    file["model"].update(vocab={token: id for id, token in enumerate(tokens)}, byte_fallback=True, fuse_unk=True)
    file["normalizer"] = json.loads(normalizer.__getstate__()) if normalizer else None
    file["pre_tokenizer"] = json.loads(pre_tokenizer.__getstate__()) if pre_tokenizer else None
    tokenizer = Tokenizer.from_str(json.dumps(file))
    steps = [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()]
    tokenizer.decoder = decoders.Sequence(steps + ([decoders.Strip(" ", 1, 0)] if fuses else []))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A", pair="<s> $A <s> $B:1", special_tokens=[("<s>", 1)]
    )
    return tokenizer


def sentencepiece_model():
    out = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(CORPUS), model_writer=out, vocab_size=300, model_type="unigram", hard_vocab_limit=False
    )
    model = sentencepiece_model_pb2.ModelProto()
    model.ParseFromString(out.getvalue())
    return model


SENTENCEPIECE = sentencepiece_model()
CHARSMAP_FIELD = '"precompiled_charsmap":"'
CHARSMAP = normalizers.Precompiled(SENTENCEPIECE.normalizer_spec.precompiled_charsmap)


def unigram(normalizer, pre_tokenizer, with_bytes=False):
    pieces = [(piece.piece, piece.score) for piece in SENTENCEPIECE.pieces]
    if with_bytes:
        pieces[3:3] = [(byte, 0.0) for byte in BYTES]
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=0, byte_fallback=with_bytes))
    tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.add_special_tokens(SPECIAL)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", 2)]
    )
    return tokenizer


def byte_level(pre_tokenizer, post_processor, normalizer=None):
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer = bpe(pre_tokenizer, normalizer, special, decoders.ByteLevel(), alphabet, unk_token=None)
    tokenizer.post_processor = post_processor
    return tokenizer


def shapes():
    N, P, D = normalizers, pre_tokenizers, decoders
    blanks = N.Sequence([N.Prepend("▁"), N.Replace(" ", "▁")])
    spaces = N.Replace(Regex(" {2,}"), " ")
    yield "bert-uncased", bert(True)
    yield "bert-cased", bert(False, cleanup=False)
    yield "llama2", byte_fallback(blanks, None)
    yield "mistral", byte_fallback(None, P.Metaspace(prepend_scheme="first", split=False))
    phi = byte_fallback(blanks, None)
    phi.add_special_tokens([AddedToken("<|user|>", rstrip=True, normalized=False), AddedToken("<|end|>", rstrip=True, lstrip=True)])
    yield "phi3", phi
    yield "gemma", byte_fallback(N.Replace(" ", "▁"), P.Split(" ", "merged_with_previous"), fuses=False)
    yield "t5", unigram(CHARSMAP, P.Sequence([P.WhitespaceSplit(), P.Metaspace()]))
    yield "xlm-roberta", unigram(N.Sequence([CHARSMAP, spaces]), P.Metaspace())
    quotes = [N.Replace("``", '"'), N.Replace("''", '"')]
    yield "albert", unigram(N.Sequence(quotes + [N.NFKD(), N.StripAccents(), N.Lowercase(), CHARSMAP, spaces]), P.Metaspace(), True)
    yield "one-piece", unigram(N.Sequence([N.Nmt(), N.NFKC(), N.Replace(Regex("\\s+"), " "), N.Strip()]), P.Metaspace(split=False))
    roberta = byte_level(P.ByteLevel(add_prefix_space=False), processors.RobertaProcessing(("</s>", 2), ("<s>", 0)))
    roberta.add_special_tokens([AddedToken("<mask>", lstrip=True)])
    yield "roberta", roberta
    yield "prefix-space", byte_level(P.ByteLevel(add_prefix_space=True), processors.ByteLevel(trim_offsets=True))
    added = byte_level(P.ByteLevel(add_prefix_space=False), processors.ByteLevel(trim_offsets=False), N.NFKC())
    added.add_tokens([AddedToken("the", single_word=True), AddedToken("  ", normalized=False), AddedToken("ab", lstrip=True, rstrip=True)])
    yield "gpt-neox", added
    digits = P.Sequence([P.Digits(False), P.Punctuation("contiguous"), P.ByteLevel(add_prefix_space=False, use_regex=False)])
    yield "digits-and-punctuation", byte_level(digits, processors.ByteLevel(trim_offsets=False))
    yield "openai-gpt", bpe(P.BertPreTokenizer(), N.BertNormalizer(), decoder=D.BPEDecoder(), end_of_word_suffix="</w>")
    yield "continuing-prefix", bpe(P.Whitespace(), decoder=D.WordPiece(), continuing_subword_prefix="##", fuse_unk=True)
    yield "delimiter", bpe(P.CharDelimiterSplit("-"), N.Sequence([N.StripAccents(), N.Lowercase()]))
    yield "whitespace-runs", bpe(P.Sequence([P.Digits(True), P.Split(Regex("\\s+"), "merged_with_next")]))
    for behavior in ("removed", "isolated", "merged_with_previous", "merged_with_next", "contiguous"):
        yield f"split-{behavior}", bpe(P.Sequence([P.Split("a", behavior), P.Split("e", behavior, True)]), N.NFD())
        yield f"punctuation-{behavior}", bpe(P.Punctuation(behavior), N.Sequence([N.NFC(), N.Strip(right=False)]))


def pair(tokenizer, first, second):
    encoding = tokenizer.encode(first, second)
    offsets = [place for offset in encoding.offsets for place in offset]
    return [encoding.ids, encoding.type_ids, encoding.special_tokens_mask, offsets]


def main():
    inputs = texts()
    result = {"texts": inputs, "shapes": {}}
    for name, tokenizer in shapes():
        file = tokenizer.to_str()
        if CHARSMAP_FIELD in file:
            result["charsmap"] = file.split(CHARSMAP_FIELD)[1].split('"')[0]
            file = file.replace(result["charsmap"], "")
        entry = {"file": json.loads(file)}
        for mode in ("text", "control"):
            tokenizer.encode_special_tokens = mode == "text"
            encodings = [tokenizer.encode(text, add_special_tokens=False) for text in inputs]
            entry[mode] = [encoding.ids for encoding in encodings]
        entry["offsets"] = [[place for offset in encoding.offsets for place in offset] for encoding in encodings]
        entry["framed"] = [tokenizer.encode(text).ids for text in inputs]
        for skip in (False, True):
            entry["skipping" if skip else "decoded"] = [tokenizer.decode(ids, skip_special_tokens=skip) for ids in entry["framed"]]
        if '"post_processor":null' not in file:
            entry["pairs"] = [pair(tokenizer, inputs[i], inputs[-i]) for i in range(0, len(inputs), 3)]
        result["shapes"][name] = entry
    with open(FOLDER / "pipelines.json.gz", "wb") as file:
        with gzip.GzipFile(fileobj=file, mode="wb", mtime=0, filename="") as out:
            out.write(json.dumps(result, separators=(",", ":")).encode("ascii"))


main()
