"""Holds inference-service against the official OpenAI Python client.

usage: python check.py BASE_URL TOKEN MODEL [PROJECT]

Prints a line for each check and ends with a non-zero status at the first that fails.
Needs the package `openai` (checked with the version it prints).
"""
import sys

import openai

base_url, token, model = sys.argv[1:4]
client = openai.OpenAI(
    base_url=base_url.rstrip("/") + "/v1", api_key=token, max_retries=0,
    project=sys.argv[4] if len(sys.argv) > 4 else None,
)
print("openai", openai.__version__)
MESSAGES = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello"}]


def check(name, condition, seen=""):
    print("ok  " if condition else "FAIL", name, seen)
    if not condition:
        sys.exit(1)


def refused(name, kind, call):
    try:
        call()
    except kind as error:
        check(name, True, f"{type(error).__name__}: {error.message} (param {getattr(error, 'param', None)})")
    else:
        check(name, False)


check("models.list", model in [entry.id for entry in client.models.list()])
check("models.retrieve", client.models.retrieve(model).id == model)

greedy = dict(model=model, messages=MESSAGES, temperature=0, max_completion_tokens=24)
whole = client.chat.completions.create(**greedy)
check("chat", whole.choices[0].message.role == "assistant" and whole.usage.completion_tokens <= 24,
      repr(whole.choices[0].message.content[:60]))
check("chat finish reason", whole.choices[0].finish_reason in ("stop", "length"))

chunks = list(client.chat.completions.create(**greedy, stream=True, stream_options={"include_usage": True}))
text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
check("chat stream begins with the role", chunks[0].choices[0].delta.role == "assistant")
check("chat stream has the same text", text == whole.choices[0].message.content)
check("chat stream ends with usage", chunks[-1].usage.completion_tokens == whole.usage.completion_tokens)
with client.chat.completions.stream(**greedy) as stream:
    final = stream.get_final_completion()
check("chat stream helper", final.choices[0].message.content == text)

logprobs = client.chat.completions.create(**greedy, logprobs=True, top_logprobs=3).choices[0].logprobs.content
check("chat logprobs", all(len(entry.top_logprobs) == 3 and entry.logprob <= 0 for entry in logprobs))

vllm = {"top_k": 40, "repetition_penalty": 1.1, "ignore_eos": True, "return_token_ids": True}
first, second = (
    client.completions.create(model=model, prompt="Once", max_tokens=16, seed=7, logprobs=2, extra_body=vllm)
    for _ in range(2)
)
choice = first.choices[0]
check("completion", choice.finish_reason == "length" and len(choice.logprobs.tokens) == 16, repr(choice.text[:60]))
check("completion token ids", len(choice.model_extra["token_ids"]) == 16)
check("same seed, same text", choice.text == second.choices[0].text)
ids = choice.model_extra["prompt_token_ids"]
again = client.completions.create(model=model, prompt=ids, max_tokens=4, extra_body={"return_token_ids": True})
check("completion from token ids", again.choices[0].model_extra["prompt_token_ids"] == ids)
pieces = client.completions.create(model=model, prompt="Once", max_tokens=16, seed=7, extra_body=vllm, stream=True)
check("completion stream", "".join(piece.choices[0].text for piece in pieces) == choice.text)
stop = choice.text[6:9]
stopped = client.completions.create(model=model, prompt="Once", max_tokens=16, seed=7, stop=[stop], extra_body=vllm)
check("stop", stopped.choices[0].text == choice.text[: choice.text.index(stop)]
      and stopped.choices[0].finish_reason == "stop", repr(stop))

refused("unsupported value", openai.BadRequestError, lambda: client.chat.completions.create(**greedy, n=2))
refused("unsupported parameter", openai.BadRequestError, lambda: client.chat.completions.create(**greedy, user="me"))
refused("unknown parameter", openai.BadRequestError,
        lambda: client.chat.completions.create(**greedy, extra_body={"min_p": 0.1}))
refused("unknown model", openai.NotFoundError,
        lambda: client.chat.completions.create(model="no-such-model", messages=MESSAGES))
refused("wrong key", openai.AuthenticationError, lambda: client.with_options(api_key="sk-wrong").models.list())
