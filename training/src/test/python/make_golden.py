"""Golden files of training/: a tiny Llama, and what PyTorch makes of it.

    python make_golden.py ../resources/golden

Model and forward pass are transformers' LlamaForCausalLM, gradients autograd's, the optimiser torch.optim.AdamW, clipping
torch.nn.utils.clip_grad_norm_, the DPO loss TRL's formula (loss_type "sigmoid", no label smoothing). float32, one thread.
"""
import json, math, sys
from pathlib import Path
import torch, torch.nn.functional as F
import transformers
from safetensors.torch import save_file
from transformers import LlamaConfig, LlamaForCausalLM

out = Path(sys.argv[1])
torch.set_num_threads(1)
torch.manual_seed(7)
EOS = 2


def model(tied):
    config = LlamaConfig(vocab_size=47, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, num_key_value_heads=1,
                         head_dim=8, intermediate_size=24, max_position_embeddings=32, rms_norm_eps=1e-5, rope_theta=10000.0,
                         tie_word_embeddings=tied, bos_token_id=1, eos_token_id=EOS, pad_token_id=None, attn_implementation="sdpa")
    made = LlamaForCausalLM(config).float()
    for parameter in made.parameters():  # large enough that every part matters
        parameter.data.normal_(0, 0.3).add_(1.0 if parameter.dim() == 1 else 0.0)
    return made


def weights(made):
    return {n: p.detach().clone().contiguous() for n, p in made.named_parameters()}


def gradients(made):
    return {n: p.grad.detach().clone().contiguous() for n, p in made.named_parameters() if p.grad is not None}


def save(made, folder, extra={}):
    (out / folder).mkdir(parents=True, exist_ok=True)
    made.config.architectures = ["LlamaForCausalLM"]
    made.config.torch_dtype = "float32"
    (out / folder / "config.json").write_text(made.config.to_json_string())
    save_file({**weights(made), **extra}, out / folder / "model.safetensors", {"format": "pt"})


def optimizer(parameters, lr, beta2, decay):
    parameters = list(parameters)
    return torch.optim.AdamW([{"params": [p for p in parameters if p.dim() > 1], "weight_decay": decay},
                              {"params": [p for p in parameters if p.dim() == 1], "weight_decay": 0.0}],
                             lr=lr, betas=(0.9, beta2), eps=1e-8)


def step(opt, parameters, lr):
    norm = torch.nn.utils.clip_grad_norm_(parameters, 1.0).item()
    for group in opt.param_groups:
        group["lr"] = lr
    opt.step()
    opt.zero_grad()
    return norm


def rate(kind, lr, warmup, step, total):
    if step < warmup:
        return lr * (step + 1) / warmup
    progress = (step - warmup) / max(1, total - warmup)
    return lr * {"cosine": 0.5 * (1 + math.cos(math.pi * progress)), "linear": 1 - progress, "constant": 1}[kind]


def answer_logps(made, pairs):
    rows = []
    for prompt, answer, ended in pairs:
        logits = made(torch.tensor([prompt + answer])).logits[0, len(prompt) - 1:-1]
        logps = F.log_softmax(logits, -1)[range(len(answer)), answer]
        rows.append(sum(lp for lp, token in zip(logps, answer) if ended or token != EOS))
    return torch.stack(rows)


def last_scores(made, head, pairs):
    return torch.stack([made.model(torch.tensor([p + a])).last_hidden_state[0, -1] @ head[0] for p, a, _ in pairs])


def words(n):
    return torch.randint(3, 47, (n,)).tolist()


# --- forward, gradients, ten steps of pretraining -----------------------------------------------------------------------
for name, tied in (("tied", True), ("untied", False)):
    made = model(tied)
    save(made, name)
    ids = torch.randint(0, 47, (2, 9))
    golden = {"ids": ids.tolist(), "logits": made(ids).logits.tolist()}
    batches = torch.randint(0, 47, (10, 3, 13))
    golden["batches"] = batches.tolist()
    opt = optimizer(made.parameters(), 2e-3, 0.95, 0.1)
    golden["steps"] = []
    for index, batch in enumerate(batches):
        loss = F.cross_entropy(made(batch[:, :-1]).logits.reshape(-1, 47), batch[:, 1:].reshape(-1))
        loss.backward()
        if index == 0:
            save_file(gradients(made), out / name / "gradients.safetensors")
        lr = rate("cosine", 2e-3, 3, index, 10)
        golden["steps"].append({"loss": loss.item(), "grad_norm": step(opt, list(made.parameters()), lr), "learning_rate": lr})
    golden["final_logits"] = made(ids).logits.tolist()
    (out / name / "pretrain.json").write_text(json.dumps(golden))

# --- pairs ----------------------------------------------------------------------------------------------------------------
rows = []
for index in range(6):
    prompt = words(3 + index)
    chosen, rejected = words(2 + index % 4) + [EOS], words(7 - index)
    if index == 1:  # generated past EOS and cut at the limit: EOS is in it, but the answer did not end there
        rejected = rejected[:2] + [EOS] + rejected[2:]
    rows.append({"rating_id": f"r{index}", "prompt_sha256": "0" * 64, "prompt_ids": prompt, "chosen_ids": chosen,
                 "rejected_ids": rejected, "chosen_finish_reason": "stop", "rejected_finish_reason": "length",
                 "prompt_text": "", "chosen_text": "", "rejected_text": "", "strength": 1})
(out / "pairs.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows))
chosen = [(r["prompt_ids"], r["chosen_ids"], True) for r in rows]
rejected = [(r["prompt_ids"], r["rejected_ids"], False) for r in rows]
N = len(rows)

# --- DPO: every step sees all pairs, so that the order does not matter ----------------------------------------------------
torch.manual_seed(8)
made = model(True)
save(made, "dpo")
beta, total = 0.3, 6
with torch.no_grad():
    reference_chosen, reference_rejected = answer_logps(made, chosen), answer_logps(made, rejected)
golden = {"beta": beta, "reference_chosen": reference_chosen.tolist(), "reference_rejected": reference_rejected.tolist(), "steps": []}
opt = optimizer(made.parameters(), 1e-3, 0.999, 0.01)
for index in range(total):
    policy_chosen, policy_rejected = answer_logps(made, chosen), answer_logps(made, rejected)
    rewards_chosen, rewards_rejected = beta * (policy_chosen - reference_chosen), beta * (policy_rejected - reference_rejected)
    loss = -F.logsigmoid(rewards_chosen - rewards_rejected).mean()
    loss.backward()
    if index == 0:
        save_file(gradients(made), out / "dpo" / "gradients.safetensors")
    lr = rate("linear", 1e-3, 2, index, total)
    golden["steps"].append({
        "loss": loss.item(), "learning_rate": lr, "rewards/chosen": rewards_chosen.mean().item(),
        "rewards/rejected": rewards_rejected.mean().item(),
        "rewards/margins": (rewards_chosen - rewards_rejected).mean().item(),
        "rewards/accuracies": (rewards_chosen > rewards_rejected).float().mean().item(),
        "logps/chosen": policy_chosen.mean().item(), "logps/rejected": policy_rejected.mean().item(),
        "grad_norm": step(opt, list(made.parameters()), lr)})
(out / "dpo" / "dpo.json").write_text(json.dumps(golden))

# --- reward model -----------------------------------------------------------------------------------------------------------
torch.manual_seed(9)
made = model(True)
head = torch.nn.Parameter(torch.randn(1, 16) / math.sqrt(17))
made.config.num_labels = 1
save(made, "reward", {"score.weight": head.detach().clone()})
config = json.loads((out / "reward" / "config.json").read_text())
config["architectures"] = ["LlamaForSequenceClassification"]
(out / "reward" / "config.json").write_text(json.dumps(config, indent=2))
parameters = list(made.parameters()) + [head]
golden = {"steps": []}
opt = optimizer(parameters, 1e-3, 0.999, 0.01)
for index in range(total):
    scores_chosen, scores_rejected = last_scores(made, head, chosen), last_scores(made, head, rejected)
    loss = -F.logsigmoid(scores_chosen - scores_rejected).mean()
    loss.backward()
    if index == 0:
        golden["scores_chosen"], golden["scores_rejected"] = scores_chosen.tolist(), scores_rejected.tolist()
        save_file({**gradients(made), "score.weight": head.grad.clone()}, out / "reward" / "gradients.safetensors")
    lr = rate("constant", 1e-3, 2, index, total)
    golden["steps"].append({
        "loss": loss.item(), "learning_rate": lr, "accuracy": (scores_chosen > scores_rejected).float().mean().item(),
        "margin": (scores_chosen - scores_rejected).mean().item(),
        "mean_reward": ((scores_chosen + scores_rejected) / 2).mean().item(), "grad_norm": step(opt, parameters, lr)})
(out / "reward" / "reward.json").write_text(json.dumps(golden))
print("torch", torch.__version__, "transformers", transformers.__version__)
