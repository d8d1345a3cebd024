"""Makes the golden files of the model library's tests: python make_golden.py ../resources/golden

Needs torch, transformers, safetensors, gguf. Everything is seeded; made with the versions named in
src/test/resources/golden/README.md.
"""

import json
import shutil
import sys
from pathlib import Path

import gguf
import numpy as np
import torch
from safetensors.torch import load_file, save_file
from transformers import LlamaConfig, LlamaForCausalLM, LlamaForSequenceClassification

OUT = Path(sys.argv[1])
IDS = [3, 17, 94, 17, 2, 5, 60, 41, 41, 8, 77, 90, 1, 33, 12, 54, 29, 7, 66, 80, 14, 95, 0, 25]


def llama(tied, model_class=LlamaForCausalLM, **more):
    torch.manual_seed(7)
    config = LlamaConfig(
        vocab_size=96, hidden_size=32, intermediate_size=64, num_hidden_layers=2,
        num_attention_heads=4, num_key_value_heads=2, head_dim=16, max_position_embeddings=64,
        rms_norm_eps=1e-5, rope_theta=50000.0, tie_word_embeddings=tied, initializer_range=0.25,
        bos_token_id=1, eos_token_id=2, pad_token_id=0, **more)
    model = model_class(config).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "norm" in name:
                parameter.copy_(1 + 0.2 * torch.randn_like(parameter))
    return model


def save(model, name, **how):
    folder = OUT / name
    shutil.rmtree(folder, ignore_errors=True)
    model.save_pretrained(folder, **how)
    # read again: to(bfloat16) has rounded the rotary frequencies of the model in memory too
    model = type(model).from_pretrained(folder, dtype=torch.float32).eval()
    with torch.no_grad():
        logits = model(torch.tensor([IDS])).logits[0].contiguous()
    save_file({"logits": logits}, OUT / f"{name}.logits.safetensors")


def quantised_blocks():
    """Every block type of GGUF with the float32 values that the gguf package decodes."""
    rng = np.random.default_rng(7)
    writer = gguf.GGUFWriter(OUT / "types.gguf", "llama")
    writer.add_uint8("test.u8", 200)
    writer.add_int8("test.i8", -100)
    writer.add_uint16("test.u16", 60000)
    writer.add_int16("test.i16", -30000)
    writer.add_uint32("test.u32", 4_000_000_000)
    writer.add_int32("test.i32", -2_000_000_000)
    writer.add_uint64("test.u64", 9_000_000_000_000_000_000)
    writer.add_int64("test.i64", -9_000_000_000_000_000_000)
    writer.add_float32("test.f32", 0.1)
    writer.add_float64("test.f64", 0.1)
    writer.add_bool("test.bool", True)
    writer.add_string("test.string", "Zoë 🐻")
    writer.add_array("test.strings", ["a", "", "ü"])
    writer.add_array("test.integers", [1, -2, 3])
    writer.add_array("test.floats", [0.5, -0.25])
    writer.add_array("test.bools", [True, False])
    expected = {}
    values = rng.standard_normal((3, 256), dtype=np.float32)
    T = gguf.GGMLQuantizationType
    for kind in (T.F32, T.F16, T.BF16, T.Q4_0, T.Q4_1, T.Q5_0, T.Q5_1, T.Q8_0):
        raw = gguf.quants.quantize(values, kind)
        writer.add_tensor(kind.name, raw, raw_dtype=kind)
        expected[kind.name] = gguf.quants.dequantize(raw, kind)
    for kind, halves in ((T.Q4_K, (0, 2)), (T.Q5_K, (0, 2)), (T.Q6_K, (208,))):
        size = gguf.GGML_QUANT_SIZES[kind][1]
        raw = rng.integers(0, 256, (3, size), dtype=np.uint8)
        for at in halves:  # scales that are finite
            raw[:, at:at + 2] = rng.uniform(-2, 2, (3, 1)).astype(np.float16).view(np.uint8)
        writer.add_tensor(kind.name, raw, raw_dtype=kind)
        expected[kind.name] = gguf.quants.dequantize(raw, kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    save_file({k: torch.from_numpy(np.ascontiguousarray(v, dtype=np.float32).reshape(3, 256))
               for k, v in expected.items()}, OUT / "types.safetensors")


def llama_gguf():
    """tiny as a GGUF file, q and k permuted as llama.cpp's converter does, linears as float16."""
    weights = load_file(OUT / "tiny" / "model.safetensors")
    writer = gguf.GGUFWriter(OUT / "tiny.gguf", "llama")
    writer.add_block_count(2)
    writer.add_context_length(64)
    writer.add_embedding_length(32)
    writer.add_feed_forward_length(64)
    writer.add_head_count(4)
    writer.add_head_count_kv(2)
    writer.add_key_length(16)
    writer.add_value_length(16)
    writer.add_rope_dimension_count(16)
    writer.add_rope_freq_base(50000.0)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_pad_token_id(0)
    tokens = ["<pad>", "<s>", "</s>", "Ġ"] + [chr(c) for c in range(33, 124)] + ["th"]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types([3, 3, 3] + [1] * 93)
    writer.add_token_merges(["t h"])
    writer.add_add_bos_token(True)
    writer.add_chat_template("{% for m in messages %}{{ m.content }}</s>{% endfor %}")
    writer.add_license("apache-2.0")
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, 2)
    for name, tensor in weights.items():
        for kind, heads in (("q_proj", 4), ("k_proj", 2)):
            if kind in name:
                tensor = tensor.reshape(heads, 2, tensor.shape[0] // heads // 2, -1)
                tensor = tensor.swapaxes(1, 2).reshape(heads * 16, -1)
        array = tensor.numpy()
        target = names.get_name(name, try_suffixes=(".weight",))
        if array.ndim == 2:
            array = array.astype(np.float16)
        writer.add_tensor(target, np.ascontiguousarray(array))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


OUT.mkdir(parents=True, exist_ok=True)
save(llama(True), "tiny")
save(llama(False).to(torch.bfloat16), "sharded", max_shard_size="30KB")
save(llama(False, LlamaForSequenceClassification, num_labels=1), "reward")
(OUT / "ids.json").write_text(json.dumps({"ids": IDS}) + "\n")
quantised_blocks()
llama_gguf()
