"""Writes templates.json and jinja.json of src/test/resources/golden with transformers and Jinja2.

Run in the module's folder, after golden.py, with a Python that has `transformers`.
"""

import json
from pathlib import Path

from tokenizers import AddedToken, Tokenizer
from transformers import PreTrainedTokenizerFast
from transformers.utils.chat_template_utils import _compile_jinja_template

FOLDER = Path(__file__).resolve().parents[1] / "resources" / "golden"

SMOLLM2 = (
    "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system\n"
    "You are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n' }}{% endif %}"
    "{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
CHATML = (
    "{% for message in messages %}{{ bos_token + '<|im_start|>' + message.role + '\\n' + message.content | trim + '<|im_end|>' "
    "+ '\\n' }}{% endfor %}{%- if add_generation_prompt -%}{{ '<|im_start|>assistant\\n' }}{%- endif -%}\n"
)
LLAMA3 = (
    "{% set loop_messages = messages %}{% for message in loop_messages %}{% set content = '<|start_header_id|>' + "
    "message['role'] + '<|end_header_id|>\n\n'+ message['content'] | trim + '<|eot_id|>' %}{% if loop.index0 == 0 %}"
    "{% set content = bos_token + content %}{% endif %}{{ content }}{% endfor %}{% if add_generation_prompt %}"
    "{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %}"
)
LLAMA31 = """{{- bos_token }}
{%- if not date_string is defined %}
    {%- set date_string = "26 Jul 2024" %}
{%- endif %}
{%- if not tools is defined %}
    {%- set tools = none %}
{%- endif %}

{#- This block extracts the system message, so we can slot it into the right place. #}
{%- if messages[0]['role'] == 'system' %}
    {%- set system_message = messages[0]['content']|trim %}
    {%- set messages = messages[1:] %}
{%- else %}
    {%- set system_message = "" %}
{%- endif %}

{#- System message #}
{{- "<|start_header_id|>system<|end_header_id|>\\n\\n" }}
{{- "Cutting Knowledge Date: December 2023\\n" }}
{{- "Today Date: " + date_string + "\\n\\n" }}
{%- if tools is not none %}
    {{- "You have access to the following functions.\\n\\n" }}
    {%- for t in tools %}
        {{- t | tojson(indent=4) }}
        {{- "\\n\\n" }}
    {%- endfor %}
{%- endif %}
{{- system_message }}
{{- "<|eot_id|>" }}
{%- for message in messages %}
    {%- if not (message.role == 'ipython' or message.role == 'tool' or 'tool_calls' in message) %}
        {{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n'+ message['content'] | trim + '<|eot_id|>' }}
    {%- elif 'tool_calls' in message %}
        {%- if not message.tool_calls|length == 1 %}
            {{- raise_exception("This model only supports single tool-calls at once!") }}
        {%- endif %}
        {%- set tool_call = message.tool_calls[0].function %}
        {{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' -}}
        {{- '{"name": "' + tool_call.name + '", ' }}
        {{- '"parameters": ' }}
        {{- tool_call.arguments | tojson }}
        {{- "}" }}
        {{- "<|eot_id|>" }}
    {%- elif message.role == "tool" or message.role == "ipython" %}
        {{- "<|start_header_id|>ipython<|end_header_id|>\\n\\n" }}
        {%- if message.content is mapping or (message.content is iterable and message.content is not string) %}
            {{- message.content | tojson }}
        {%- else %}
            {{- message.content }}
        {%- endif %}
        {{- "<|eot_id|>" }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}
{%- endif %}
"""
QWEN25 = """{%- if tools %}
    {{- '<|im_start|>system\\n' }}
    {%- if messages[0]['role'] == 'system' %}
        {{- messages[0]['content'] }}
    {%- else %}
        {{- 'You are a helpful assistant.' }}
    {%- endif %}
    {{- "\\n\\n# Tools\\n\\nYou may call one or more functions.\\n<tools>" }}
    {%- for tool in tools %}
        {{- "\\n" }}
        {{- tool | tojson }}
    {%- endfor %}
    {{- "\\n</tools>\\n\\n<tool_call>\\n{\\"name\\": <function-name>, \\"arguments\\": <args-json-object>}\\n</tool_call><|im_end|>\\n" }}
{%- else %}
    {%- if messages[0]['role'] == 'system' %}
        {{- '<|im_start|>system\\n' + messages[0]['content'] + '<|im_end|>\\n' }}
    {%- else %}
        {{- '<|im_start|>system\\nYou are a helpful assistant.<|im_end|>\\n' }}
    {%- endif %}
{%- endif %}
{%- for message in messages %}
    {%- if (message.role == "user") or (message.role == "system" and not loop.first) or (message.role == "assistant" and not message.tool_calls) %}
        {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' }}
    {%- elif message.role == "assistant" %}
        {{- '<|im_start|>' + message.role }}
        {%- if message.content %}
            {{- '\\n' + message.content }}
        {%- endif %}
        {%- for tool_call in message.tool_calls %}
            {%- if tool_call.function is defined %}
                {%- set tool_call = tool_call.function %}
            {%- endif %}
            {{- '\\n<tool_call>\\n{"name": "' }}
            {{- tool_call.name }}
            {{- '", "arguments": ' }}
            {{- tool_call.arguments | tojson }}
            {{- '}\\n</tool_call>' }}
        {%- endfor %}
        {{- '<|im_end|>\\n' }}
    {%- elif message.role == "tool" %}
        {%- if (loop.index0 == 0) or (messages[loop.index0 - 1].role != "tool") %}
            {{- '<|im_start|>user' }}
        {%- endif %}
        {{- '\\n<tool_response>\\n' }}
        {{- message.content }}
        {{- '\\n</tool_response>' }}
        {%- if loop.last or (messages[loop.index0 + 1].role != "tool") %}
            {{- '<|im_end|>\\n' }}
        {%- endif %}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
{%- endif %}
"""
QWEN3 = """{%- set ns = namespace(multi_step_tool=true, last_query_index=messages|length - 1) %}
{%- for message in messages[::-1] %}
    {%- set index = (messages|length - 1) - loop.index0 %}
    {%- if ns.multi_step_tool and message.role == "user" and message.content is string and not(message.content.startswith('<tool_response>') and message.content.endswith('</tool_response>')) %}
        {%- set ns.multi_step_tool = false %}
        {%- set ns.last_query_index = index %}
    {%- endif %}
{%- endfor %}
{%- for message in messages %}
    {%- if message.content is string %}
        {%- set content = message.content %}
    {%- else %}
        {%- set content = '' %}
    {%- endif %}
    {%- if (message.role == "user") or (message.role == "system" and not loop.first) %}
        {{- '<|im_start|>' + message.role + '\\n' + content + '<|im_end|>' + '\\n' }}
    {%- elif message.role == "assistant" %}
        {%- set reasoning_content = '' %}
        {%- if message.reasoning_content is string %}
            {%- set reasoning_content = message.reasoning_content %}
        {%- else %}
            {%- if '</think>' in content %}
                {%- set reasoning_content = content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}
                {%- set content = content.split('</think>')[-1].lstrip('\\n') %}
            {%- endif %}
        {%- endif %}
        {%- if loop.index0 > ns.last_query_index %}
            {%- if loop.last or (not loop.last and reasoning_content) %}
                {{- '<|im_start|>' + message.role + '\\n<think>\\n' + reasoning_content.strip('\\n') + '\\n</think>\\n\\n' + content.lstrip('\\n') }}
            {%- else %}
                {{- '<|im_start|>' + message.role + '\\n' + content }}
            {%- endif %}
        {%- else %}
            {{- '<|im_start|>' + message.role + '\\n' + content }}
        {%- endif %}
        {{- '<|im_end|>\\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
    {%- if enable_thinking is defined and enable_thinking is false %}
        {{- '<think>\\n\\n</think>\\n\\n' }}
    {%- endif %}
{%- endif %}"""
MISTRAL = (
    "{{ bos_token }}{% for message in messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% endif %}"
    "{% if message['role'] == 'user' %}{{ '[INST] ' + message['content'] + ' [/INST]' }}{% elif message['role'] == "
    "'assistant' %}{{ message['content'] + eos_token}}{% else %}{{ raise_exception('Only user and assistant roles "
    "are supported!') }}{% endif %}{% endfor %}"
)
GEMMA = (
    "{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
    "{% for message in messages %}{% if (message['role'] == 'assistant') %}{% set role = 'model' %}{% else %}"
    "{% set role = message['role'] %}{% endif %}{{ '<start_of_turn>' + role + '\n' + message['content'] | trim + "
    "'<end_of_turn>\n' }}{% endfor %}{% if add_generation_prompt %}{{'<start_of_turn>model\n'}}{% endif %}"
)
PHI3 = (
    "{% for message in messages %}{% if message['role'] == 'system' %}{{'<|system|>\n' + message['content'] + '<|end|>\n'}}"
    "{% elif message['role'] == 'user' %}{{'<|user|>\n' + message['content'] + '<|end|>\n'}}{% elif message['role'] == "
    "'assistant' %}{{'<|assistant|>\n' + message['content'] + '<|end|>\n'}}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>\n' }}{% else %}{{ eos_token }}{% endif %}"
)
TEMPLATES = {
    "smollm2": SMOLLM2,
    "chatml": CHATML,
    "llama3": LLAMA3,
    "llama3.1": LLAMA31,
    "qwen2.5": QWEN25,
    "qwen3": QWEN3,
    "mistral": MISTRAL,
    "gemma": GEMMA,
    "phi3": PHI3,
}
MORE_SPECIAL = (
    "<|begin_of_text|> <|start_header_id|> <|end_header_id|> <|eot_id|> [INST] [/INST] <start_of_turn> "
    "<end_of_turn> <|system|> <|user|> <|assistant|> <|end|>"
).split()


def say(role, content, **more):
    return {"role": role, "content": content, **more}


TOOL = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "The weather \"now\" in <city> – naïve",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}
CALL = {"type": "function", "function": {"name": "weather", "arguments": {"city": "Köln", "days": 3, "exact": True, "at": None, "x": 1.5}}}
CONVERSATIONS = [
    dict(messages=[say("user", "Hello")]),
    dict(messages=[say("user", "  What's up?\n\n"), say("assistant", "Not much."), say("user", "{{ 1 + 1 }} {% raw %} 日本 🙂")]),
    dict(messages=[say("system", " Be brief. "), say("user", "Why?"), say("assistant", "Because.")]),
    dict(messages=[say("user", "a"), say("assistant", "<think>\nlong\n</think>\n\nshort"), say("user", "b"), say("assistant", "<think>x</think>y")]),
    dict(messages=[say("user", "Weather?")], tools=[TOOL]),
    dict(
        messages=[
            say("user", "Weather?"),
            say("assistant", "", tool_calls=[CALL]),
            say("tool", "sunny"),
            say("tool", "warm"),
            say("assistant", "It is sunny."),
        ],
        tools=[TOOL],
    ),
    dict(messages=[say("user", "x")], enable_thinking=False),
]

MESSAGES = [say("user", "  hi {{ 1+1 }} {% raw %}  "), say("assistant", "yo")]
JINJA = [
    "{{ 'a ' + ' b ' | trim + ' c' }}",
    "{{ -2 ** 2 }}|{{ 2 ** 3 ** 2 }}|{{ 1 ~ 3 * 4 }}|{{ not 1 == 2 }}|{{ 1 < 2 < 3 }}|{{ 1 < 3 < 2 }}",
    "{{ 7 // 2 }} {{ -7 // 2 }} {{ -7 % 3 }} {{ 7 / 2 }} {{ 8 / 2 }} {{ 1.0 }} {{ 2.5 * 2 }} {{ 1e3 if false else 0.1 + 0.2 }}",
    "{{ true }} {{ none }} {{ [1, 'a', 2.5, none, true, [\"it's\"], {'k': 'v\\n'}] }} {{ (1, 2) | list }}",
    "{% for m in messages[::-1] %}{{ m.role }}{{ loop.index }}{% endfor %}|{{ 'abcdef'[1:-1:2] }}|{{ 'abc'[::-1] }}|{{ messages[-1].role }}",
    "{{ [1,2,3,4][1:] | length }}{{ [1,2,3,4][:-1] | join('-') }}{{ [1,2,3][5:] | length }}",
    "{% set ns = namespace(x=1) %}{% for m in messages %}{% set ns.x = ns.x + 1 %}{% endfor %}{{ ns.x }}",
    "{% set i = 5 %}{% for m in messages %}{% set i = i + 1 %}{{ i }}{% endfor %}{{ i }}",
    "{% for x in [1,2,3] %}{% if loop.first %}{% set y = x %}{% endif %}[{{ y }}]{% endfor %}",
    "{% for x in [1,2,3,4] if x > 1 %}{{ x }}{% if not loop.last %},{% endif %}{% else %}none{% endfor %}",
    "{% for x in [] %}{{ x }}{% else %}empty{% endfor %}",
    "{% for k, v in {'x': 1, 'y': 2}.items() %}{{ k }}={{ v }};{% endfor %}{% for k in {'q': 1} %}{{ k }}{% endfor %}",
    "{% for x in range(3) %}{% if x == 1 %}{% continue %}{% endif %}{{ x }}{% endfor %}{% for x in range(2, 9, 3) %}{{ x }}{% break %}{% endfor %}",
    "{% for x in [1,2,3] %}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }}{{ loop.cycle('a','b') }}{{ loop.previtem }}{{ loop.nextitem }};{% endfor %}",
    "{{ 'a</think>b</think>\nc'.split('</think>')[-1].lstrip('\n') }}|{{ '  a b  c '.split() }}|{{ 'a,b,c'.split(',', 1) }}|{{ 'a,b,c'.rsplit(',', 1) }}",
    "{{ '  a '.strip() }}|{{ 'xxaxx'.strip('x') }}|{{ 'abc'.startswith('a') }}|{{ 'abc'.endswith(('b', 'c')) }}|{{ 'abab'.replace('b', 'x', 1) }}|{{ 'aB'.upper() }}|{{ 'a b'.title() }}|{{ 'aBC'.capitalize() }}",
    "{{ 'ab'.find('b') }}{{ 'abab'.count('ab') }}{{ '-'.join(['a', 'b']) }}{{ '12'.isdigit() }}{{ 'a\nb'.splitlines() }}",
    "{% if messages[0].content is string %}S{% endif %}{% if tools is defined %}D{% endif %}{% if tools is not none %}NN{% endif %}{% if not tools %}NT{% endif %}{% if nothing is not defined %}U{% endif %}",
    "{{ 3 is odd }}{{ 4 is divisibleby 2 }}{{ 4 is divisibleby(3) }}{{ 'a' is in 'abc' }}{{ [] is iterable }}{{ {} is mapping }}{{ 'x' is sequence }}{{ 1 is number }}{{ 1.5 is float }}{{ true is boolean }}{{ 1 is integer }}{{ none is none }}{{ 2 is eq 2 }}{{ true is true }}",
    "{% if 'a' in 'abc' %}in{% endif %}{% if 'z' not in 'abc' %}notin{% endif %}{% if 'role' in messages[0] %}key{% endif %}{% if 2 in [1, 2] %}el{% endif %}",
    "{{ bos_token }}{{ messages | length }}{{ messages | tojson }}{{ {'a': 1} | tojson(indent=2) }}{{ [] | tojson }}{{ {'b': [1, {}], 'a': []} | tojson(indent=1) }}",
    "{{ {'a': 1, 'b': [1, 2.5, true, none, 'é\"<\\\\\n\t\\x01🙂']} | tojson }}{{ 1e20 | tojson if false else 100000.0 | tojson }}",
    "{% macro f(x, y=2) %}[{{ x }}{{ y }}]{% endmacro %}{{ f(1) }}{{ f(1, y=3) }}{{ f(y=4, x=0) }}",
    "{% macro g(n) %}{% if n > 0 %}{{ n }}{{ g(n - 1) }}{% endif %}{% endmacro %}{{ g(4) }}",
    "{{ 'x' if messages else 'y' }}{{ 'x' ~ 1 }}{{ 'z' if false }}{{ 1 if false else 2 if false else 3 }}",
    "{{ messages | selectattr('role', 'equalto', 'user') | list | length }}{{ messages | map(attribute='role') | join(',') }}{{ messages | rejectattr('role', 'equalto', 'user') | map(attribute='content') | first }}{{ ['a', 'b'] | map('upper') | list }}{{ [0, 1, 2] | select | list }}{{ [1, 2, 3] | reject('odd') | list }}",
    "{{ messages[0].get('tool_calls') }}|{{ messages[0].foo }}|{{ messages[0].content[:4] }}|{{ messages[0]['role'] | upper }}|{{ messages[0].get('x', 'y') }}",
    "{{ undefinedvar }}{{ undefinedvar is defined }}{{ undefinedvar or 'd' }}{{ undefinedvar | default('q') }}{{ '' | default('e', true) }}{{ none | default('n') }}",
    "{% set x %}blk{{ 1 }}{% endset %}{{ x }}{% set a, b = 1, 2 %}{{ a }}{{ b }}",
    "{{ [3, 1, 2] | sort }}{{ [3, 1] | sort(reverse=true) }}{{ {'b': 1, 'a': 2} | dictsort | map('last') | list }}{{ [1, 1, 2] | unique | list }}{{ 'abc' | reverse }}{{ [1, 2] | last }}{{ '5' | int + 1 }}{{ '2.5' | float }}{{ -3 | abs }}{{ 3.9 | int }}{{ 'x' | int(7) }}",
    "{{ 'a\nb\n\nc' | indent(2) }}|{{ 'a\nb' | indent(2, true) }}|{{ 'hello world' | title }}|{{ 'HeLLo' | capitalize }}|{{ 'a-b' | replace('-', '+') }}",
    "{%- for m in messages %}\n    {%- if loop.first and loop.index0 == 0 %}\n        {{- 'F' }}\n    {%- endif %}\n    {{- m.content }}\n{%- endfor %}",
    "{% for m in messages %}\n  {% if true %}\nx\n  {% endif %}\n{% endfor %}\n\n",
    "a\n  {% if true %}\n    b\n  {% endif %}\n  c\n",
    "  {{ 'x' }}  \n  {%+ if true %} y {%+ endif %} \n{# c #}\nz {#- d -#} \n w",
    "{{- 'a' -}}   {{- 'b' -}}  {{ 'c' }} \n\n {%- if true -%}  d  {%- endif -%}  e",
    "{% raw %}{{ x }} {% if %}{% endraw %} {%- raw -%}  y  {%- endraw -%}  z",
    "{% generation %}x{% endgeneration %}{% if true %}{% if false %}a{% elif 1 %}b{% else %}c{% endif %}{% endif %}",
    "{{ '\\n' }}|{{ \"it's\" }}|{{ '{{' }}|{{ '%}' }}|{{ 'a' 'b' }}|{{ '\\u00e9\\x41\\q' }}",
    "{{ {'a': {'b': [10, 20]}}.a.b[1] }}{{ {'a': 1}['a'] }}{{ {'items': 5}['items'] }}{{ [1, 2].0 }}",
    "{{ 'ab' * 2 }}{{ [1] + [2] }}{{ 1 == 1.0 }}{{ 'a' < 'b' }}{{ true and 'x' }}{{ 0 or none }}{{ true + 1 }}",
    "{{ 1_000 }}{{ 'x' is defined and 'y' is string }}{{ (1 if true else 2) + 1 }}{{ ('a', 'b') | join }}",
    "{{ undefinedvar.x }}",
    "{{ undefinedvar + 'x' }}",
    "{{ 'a' + 1 }}",
    "{{ raise_exception('no') }}",
    "{{ 1 // 0 }}",
    "{% if true %}",
    "{{ 'a }}",
    "{{ x | nosuchfilter }}",
    "{% nosuchblock %}",
    "{{ }}",
    "{{ messages.append(1) if false else [1].pop() }}",
]


def main():
    base = json.loads((FOLDER / "tokenizer.json").read_text("utf-8"))
    tokenizer = Tokenizer.from_str(json.dumps(base))
    tokenizer.add_special_tokens(MORE_SPECIAL)
    added = json.loads(tokenizer.to_str())["added_tokens"]
    names = dict(bos_token="<|begin_of_text|>", eos_token="<|endoftext|>", pad_token="<|im_end|>")
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, **names)
    cases = []
    for name, template in TEMPLATES.items():
        for number, conversation in enumerate(CONVERSATIONS):
            for prompt in (False, True):
                more = {key: value for key, value in conversation.items() if key != "messages"}
                arguments = dict(chat_template=template, add_generation_prompt=prompt, **more)
                case = dict(template=name, conversation=number, add_generation_prompt=prompt)
                try:
                    case["text"] = fast.apply_chat_template(conversation["messages"], tokenize=False, **arguments)
                    case["ids"] = fast.apply_chat_template(conversation["messages"], tokenize=True, return_dict=False, **arguments)
                except Exception as error:
                    case["error"] = str(error)
                cases.append(case)
    result = dict(names=names, added_tokens=added, templates=TEMPLATES, conversations=CONVERSATIONS, cases=cases)
    (FOLDER / "templates.json").write_text(json.dumps(result, separators=(",", ":")), "ascii")

    rendered = []
    for template in JINJA:
        case = dict(template=template)
        try:
            case["text"] = _compile_jinja_template(template).render(messages=MESSAGES, bos_token="<s>", tools=None)
        except Exception as error:
            case["error"] = type(error).__name__ + ": " + str(error)
        rendered.append(case)
    values = dict(messages=MESSAGES, bos_token="<s>", tools=None)
    (FOLDER / "jinja.json").write_text(json.dumps(dict(values=values, cases=rendered), indent=0), "ascii")


main()
