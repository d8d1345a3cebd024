"""Writes ../resources/dev/gyre/inference/generate/sampling.json: distributions of Hugging Face's processors.

Order as in our contract: repetition penalty, frequency and presence penalty, temperature, top-k, top-p. The two
additive penalties, which transformers does not have, are the OpenAI documentation's formula.
Made with torch and transformers; run: python sampling_golden.py
"""
import json
import pathlib

import torch
from transformers import (
    RepetitionPenaltyLogitsProcessor,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)

torch.manual_seed(11)
VOCABULARY = 50
settings = []
for temperature in (0.3, 1.0, 1.7):
    for top_k in (0, 1, 7):
        for top_p in (1.0, 0.9, 0.35):
            settings.append((temperature, top_k, top_p, 0.0, 0.0, 1.0))
settings += [
    (1.0, 0, 1.0, 0.8, 0.0, 1.0),
    (1.0, 0, 1.0, 0.0, 0.6, 1.0),
    (0.7, 5, 0.8, -0.5, 0.4, 1.0),
    (1.0, 0, 1.0, 0.0, 0.0, 1.8),
    (1.3, 9, 0.95, 1.2, 0.3, 0.6),
]
cases = []
for temperature, top_k, top_p, presence, frequency, repetition in settings:
    logits = torch.randn(1, VOCABULARY) * 3
    prompt = torch.randint(0, VOCABULARY, (6,)).tolist()
    answer = torch.randint(0, VOCABULARY, (9,)).tolist()
    answer[3] = answer[4] = answer[5]
    ids = torch.tensor([prompt + answer])
    scores = logits.clone()
    if repetition != 1.0:
        scores = RepetitionPenaltyLogitsProcessor(repetition)(ids, scores)
    for token in set(answer):
        scores[0, token] -= presence + frequency * answer.count(token)
    scores = TemperatureLogitsWarper(temperature)(ids, scores)
    if top_k:
        scores = TopKLogitsWarper(top_k)(ids, scores)
    if top_p < 1:
        scores = TopPLogitsWarper(top_p)(ids, scores)
    cases.append(
        dict(
            temperature=temperature, top_k=top_k, top_p=top_p, presence=presence, frequency=frequency,
            repetition=repetition, prompt=prompt, answer=answer,
            logits=[round(x, 6) for x in logits[0].tolist()],
            model_logprobs=[round(x, 5) for x in torch.log_softmax(logits[0].double(), -1).tolist()],
            # -1e9 stands for a token that cannot be drawn
            sampler_logprobs=[
                round(x, 5) if x > -1e30 else -1e9 for x in torch.log_softmax(scores[0].double(), -1).tolist()
            ],
        )
    )
target = pathlib.Path(__file__).parent.parent / "resources/dev/gyre/inference/generate/sampling.json"
target.parent.mkdir(parents=True, exist_ok=True)
target.write_text(json.dumps(cases, separators=(",", ":")) + "\n")
