"""What transformers says of SmolLM2-135M-Instruct, read from the same GGUF file by its own reader.

python make_smollm2.py SmolLM2-135M-Instruct.Q4_1.gguf ../resources/golden/smollm2.json

For each prompt the greedy answer, and for every position of prompt and answer: the best token, its
log-probability, and how far the second best logit is below. float32, one run over all ids.
"""

import json
import sys
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

PROMPTS = [
    "What is the capital of France?",
    "Write a short poem about the sea.",
    "Explain in two sentences why the sky is blue.",
    "List three animals that live in Africa.",
    "Translate to German: good morning, my friends.",
    "How do I boil an egg?",
]
NEW_TOKENS = 48

torch.set_num_threads(2)
gguf = Path(sys.argv[1])
model = AutoModelForCausalLM.from_pretrained(
    gguf.parent, gguf_file=gguf.name, dtype=torch.float32).eval()
tokenizer = AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name)
rows = []
for prompt in PROMPTS:
    text = tokenizer.apply_chat_template(
        [{"role": "user", "content": prompt}], add_generation_prompt=True, tokenize=False)
    ids = tokenizer(text, return_tensors="pt").input_ids
    with torch.no_grad():
        whole = model.generate(
            ids, attention_mask=torch.ones_like(ids), do_sample=False, max_new_tokens=NEW_TOKENS)
        logits = model(whole).logits[0]
    top = logits.topk(2).values
    rows.append({
        "text": text,
        "prompt_tokens": ids.shape[1],
        "ids": whole[0].tolist(),
        "best": logits.argmax(-1).tolist(),
        "log_probability": [round(x, 5) for x in logits.log_softmax(-1).max(-1).values.tolist()],
        "gap": [round(x, 5) for x in (top[:, 0] - top[:, 1]).tolist()],
    })
    print(repr(tokenizer.decode(whole[0][ids.shape[1]:])))
Path(sys.argv[2]).write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")
