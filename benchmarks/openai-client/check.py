"""Holds inference-service against the official OpenAI Python client.

usage: python check.py BASE_URL TOKEN MODEL [PROJECT]

TOKEN is that of a rater (`gyre token`), so that an exact version is refused. Prints a line for each
check, goes on after one that fails, and ends with a non-zero status when any did. Needs the package
`openai`; the version is printed.
"""
import asyncio
import sys

import openai

base_url, token, model = sys.argv[1:4]
options = dict(
    base_url=base_url.rstrip("/") + "/v1", api_key=token, max_retries=0,
    project=sys.argv[4] if len(sys.argv) > 4 else None,
)
client = openai.OpenAI(**options)
print("openai", openai.__version__)
MESSAGES = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello"}]
failures = []


def check(name, condition, seen=""):
    print("ok  " if condition else "FAIL", name, seen)
    if not condition:
        failures.append(name)


def refused(name, kind, call, param=None, code=None):
    try:
        call()
    except kind as error:
        seen = f"{type(error).__name__} {error.status_code}, param {error.param}, code {error.code}: {error.message}"
        check(name, type(error) is kind and error.param == param and error.code == code and error.request is not None, seen)
    except openai.OpenAIError as error:
        check(name, False, f"got {type(error).__name__}: {error}")
    else:
        check(name, False, "was not refused")


def joined(chunks):
    return "".join(chunk.choices[0].text for chunk in chunks if chunk.choices)


# models
check("models.list", model in [entry.id for entry in client.models.list()])
check("models.retrieve", client.models.retrieve(model).id == model)

# chat: whole, streamed, by the stream helper, asynchronously
greedy = dict(model=model, messages=MESSAGES, temperature=0, max_completion_tokens=24)
whole = client.chat.completions.create(**greedy)
content = whole.choices[0].message.content
check("chat", whole.object == "chat.completion" and whole.choices[0].message.role == "assistant", repr(content[:60]))
check("chat finish reason", whole.choices[0].finish_reason in ("stop", "length"))
check("chat usage", 0 < whole.usage.completion_tokens <= 24
      and whole.usage.total_tokens == whole.usage.prompt_tokens + whole.usage.completion_tokens)
check("chat names the version in system_fingerprint", whole.system_fingerprint.startswith("fp_"))

chunks = list(client.chat.completions.create(**greedy, stream=True, stream_options={"include_usage": True}))
text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
check("chat stream begins with the role", chunks[0].choices[0].delta.role == "assistant")
check("chat stream has the same text", text == content)
check("chat stream has one finish reason",
      [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices and chunk.choices[0].finish_reason]
      == [whole.choices[0].finish_reason])
check("chat stream ends with usage", chunks[-1].usage == whole.usage and chunks[-1].choices == []
      and all(chunk.usage is None for chunk in chunks[:-1]))
check("chat stream has one id", len({chunk.id for chunk in chunks}) == 1)
plain = list(client.chat.completions.create(**greedy, stream=True))
check("chat stream without usage when not asked", all(chunk.usage is None and chunk.choices for chunk in plain))
with client.chat.completions.stream(**greedy) as stream:
    try:
        final = stream.get_final_completion()
    except openai.LengthFinishReasonError as length:  # the helper takes a cut answer for unreadable
        final = length.completion
check("chat stream helper", final.choices[0].message.content == content)
with client.chat.completions.create(**{**greedy, "max_completion_tokens": 200}, stream=True) as left:
    next(iter(left))
check("answers after a stream that was left", client.chat.completions.create(**greedy).choices[0].message.content == content)
raw = client.chat.completions.with_raw_response.create(**greedy)
check("raw response", raw.status_code == 200 and raw.parse().choices[0].message.content == content)
parts = [{"role": "system", "content": "Be brief."},
         {"role": "user", "content": [{"type": "text", "text": "Hel"}, {"type": "text", "text": "lo"}]}]
check("chat content in parts", client.chat.completions.create(**{**greedy, "messages": parts}).choices[0].message.content == content)


async def at_once(count):
    async with openai.AsyncOpenAI(**options) as several:
        async def streamed():
            answer = await several.chat.completions.create(**greedy, stream=True)
            return [chunk.choices[0].finish_reason async for chunk in answer][-1]
        return await asyncio.gather(*(streamed() for _ in range(count)))

check("asynchronous client, 8 streams at once", all(reason in ("stop", "length") for reason in asyncio.run(at_once(8))))

logprobs = client.chat.completions.create(**greedy, logprobs=True, top_logprobs=3).choices[0].logprobs.content
check("chat logprobs", len(logprobs) == whole.usage.completion_tokens
      and all(len(entry.top_logprobs) == 3 and entry.logprob <= 0 for entry in logprobs))
check("chat logprobs: greedy takes the likeliest", all(entry.logprob == entry.top_logprobs[0].logprob for entry in logprobs))
spoken = b"".join(bytes(entry.bytes) for entry in logprobs if not (entry.token.startswith("<|") and entry.token.endswith("|>")))
check("chat logprobs: bytes make the text", spoken.decode(errors="replace") == content)

# completions: log-probabilities, token ids, seed, stop
sampled = dict(model=model, prompt="Once", max_tokens=16, seed=7,
               extra_body={"top_k": 40, "repetition_penalty": 1.1, "ignore_eos": True, "return_token_ids": True})
first, second = (client.completions.create(**sampled, logprobs=2) for _ in range(2))
choice = first.choices[0]
check("completion", choice.finish_reason == "length" and first.usage.completion_tokens == 16, repr(choice.text[:60]))
scores = choice.logprobs
check("completion logprobs: as many of each", {len(scores.tokens), len(scores.token_logprobs), len(scores.top_logprobs), len(scores.text_offset)} == {16})
check("completion logprobs: at most zero", all(value <= 0 for value in scores.token_logprobs))
check("completion logprobs: two alternatives", all(1 <= len(top) <= 2 for top in scores.top_logprobs))
check("completion logprobs: offsets follow the tokens",
      scores.text_offset == [sum(map(len, scores.tokens[:i])) for i in range(16)])
none = client.completions.create(**sampled, logprobs=0).choices[0].logprobs
check("completion logprobs=0: only the chosen", len(none.token_logprobs) == 16 and all(not top for top in none.top_logprobs))
check("completion without logprobs", client.completions.create(**sampled).choices[0].logprobs is None)
check("completion token ids", len(choice.model_extra["token_ids"]) == 16)
check("same seed, same text", choice.text == second.choices[0].text)
others = {client.completions.create(**{**sampled, "seed": seed}).choices[0].text for seed in (8, 9, 10)}
check("other seeds, other texts", len(others - {choice.text}) >= 2)

ids = choice.model_extra["prompt_token_ids"]
for name, prompt in (("token ids", ids), ("a list of token ids", [ids]), ("a list of one text", ["Once"])):
    again = client.completions.create(**{**sampled, "prompt": prompt}).choices[0]
    check(f"completion from {name}", again.model_extra["prompt_token_ids"] == ids and again.text == choice.text)

pieces = list(client.completions.create(**sampled, stream=True, logprobs=2, stream_options={"include_usage": True}))
check("completion stream", joined(pieces) == choice.text)
check("completion stream logprobs", [value for piece in pieces if piece.choices for value in piece.choices[0].logprobs.token_logprobs] == scores.token_logprobs)
check("completion stream offsets", [value for piece in pieces if piece.choices for value in piece.choices[0].logprobs.text_offset] == scores.text_offset)
check("completion stream usage", pieces[-1].usage == first.usage and pieces[-1].choices == [])

stop = choice.text[6:9]
before = choice.text[: choice.text.index(stop)]
stopped = client.completions.create(**sampled, stop=stop).choices[0]
check("stop, a text", stopped.text == before and stopped.finish_reason == "stop", repr(stop))
stopped = client.completions.create(**sampled, stop=["never so", stop]).choices[0]
check("stop, a list", stopped.text == before and stopped.finish_reason == "stop")
pieces = list(client.completions.create(**sampled, stop=stop, stream=True))
check("stop in a stream", joined(pieces) == before and pieces[-1].choices[0].finish_reason == "stop")

# what is wrong, by the client's exceptions
chat, completions = client.chat.completions.create, client.completions.create
refused("wrong key", openai.AuthenticationError, lambda: client.with_options(api_key="sk-wrong").models.list(), code="invalid_api_key")
refused("unknown model", openai.NotFoundError, lambda: chat(model="no-such-model", messages=MESSAGES), "model", "model_not_found")
refused("unknown model, completions", openai.NotFoundError, lambda: completions(model="no-such-model", prompt="a"), "model", "model_not_found")
refused("unknown model, retrieve", openai.NotFoundError, lambda: client.models.retrieve("no-such-model"), "model", "model_not_found")
refused("unknown model in a stream", openai.NotFoundError, lambda: chat(model="no-such-model", messages=MESSAGES, stream=True), "model", "model_not_found")
refused("an exact version needs the role", openai.PermissionDeniedError, lambda: chat(model=model + "@none", messages=MESSAGES), code="permission_denied")
refused("what the service does not have", openai.NotFoundError, lambda: client.embeddings.create(model=model, input="a"))
for parameter, value in (("temperature", 3), ("top_p", 0), ("presence_penalty", 5), ("frequency_penalty", -5), ("max_tokens", 0), ("seed", "x"),
                         ("stop", [""]), ("logprobs", 21), ("prompt", [-1]), ("prompt", ["a", "b"]), ("prompt", [1 << 30])):
    refused(f"{parameter}={value}", openai.BadRequestError,
            lambda: completions(**{"model": model, "prompt": "Once", parameter: value}), parameter)
refused("a prompt too long", openai.BadRequestError, lambda: completions(model=model, prompt=ids[:1] * 200_000), "prompt")
refused("no messages", openai.BadRequestError, lambda: chat(model=model, messages=[]), "messages")
refused("a strange role", openai.BadRequestError, lambda: chat(model=model, messages=[{"role": "tool", "content": "a", "tool_call_id": "1"}]), "messages[0].role")
refused("top_logprobs alone", openai.BadRequestError, lambda: chat(**greedy, top_logprobs=2), "top_logprobs")

# what is not supported, by name; what only says the default is taken
tool = {"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}}
for parameter, value in (
        ("n", 2), ("user", "me"), ("logit_bias", {"1": 5}), ("tools", [tool]), ("tool_choice", "auto"), ("parallel_tool_calls", True),
        ("functions", [tool["function"]]), ("response_format", {"type": "json_object"}), ("modalities", ["text", "audio"]),
        ("audio", {"voice": "alloy", "format": "wav"}), ("prediction", {"type": "content", "content": "a"}), ("store", True),
        ("metadata", {"a": "b"}), ("reasoning_effort", "low"), ("service_tier", "flex"), ("web_search_options", {}), ("verbosity", "low")):
    refused(f"chat {parameter}", openai.BadRequestError, lambda: chat(**greedy, **{parameter: value}), parameter)
for parameter, value in (("best_of", 2), ("echo", True), ("suffix", "."), ("n", 2), ("logit_bias", {"1": 5}), ("user", "me")):
    refused(f"completion {parameter}", openai.BadRequestError,
            lambda: completions(model=model, prompt="Once", **{parameter: value}), parameter)
refused("unknown parameter", openai.BadRequestError, lambda: chat(**greedy, extra_body={"min_p": 0.1}), "min_p")
defaults = chat(**greedy, n=1, logit_bias={}, response_format={"type": "text"}, modalities=["text"], store=False, tools=[])
check("defaults said aloud", defaults.choices[0].message.content == content)

print(f"{len(failures)} failed: {failures}" if failures else "all passed")
sys.exit(1 if failures else 0)
