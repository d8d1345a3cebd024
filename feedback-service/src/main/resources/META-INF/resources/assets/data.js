// Data and rounds: when a line is retrained, what was sealed, and where each round stands.

import { badge, confirmed, content, done, feedback, h, isOperator, keyed, number, page, refreshing, releases, shown, time, version, word } from "./ui.js";

const STATES = { ROUND_STATE_PROMOTED: "good", ROUND_STATE_REJECTED: "bad", ROUND_STATE_FAILED: "bad", ROUND_STATE_WAITING: "wait" };

page(async ({ me, project }) => {
  const { lines } = await releases("ListReleaseLines", { project });
  const operator = isOperator(me);
  const policies = h("div", {});
  const rounds = h("tbody", {});
  const datasets = h("tbody", {});
  const noRounds = h("p", { class: "hint", hidden: true }, "No round has run yet. One starts by itself when enough new pairs are rated.");
  const noData = h("p", { class: "hint", hidden: true }, "No data set is sealed yet. A round seals one when it starts.");
  const roundTable = table("Rounds, newest first", ["Round", "State", "Began from", "Data set", "Jobs", "Began"], rounds);
  const dataTable = table("Data sets, newest first", ["Data set", "Pairs to train on", "Held out", "Answers by", "Sealed", "As TRL JSON lines"], datasets);
  content().append(
    h("h2", {}, "Retraining policy"),
    lines.length ? policies : h("p", { class: "hint" }, "There is no release line in this project yet."),
    h("section", { class: "card" }, h("h2", {}, "Rounds"), noRounds, roundTable),
    h("section", { class: "card" }, h("h2", {}, "Data sets"), noData, dataTable));

  for (const line of lines) policies.append(await policyForm(project, line.name, operator, load));

  async function load() {
    const [run, sealed] = await Promise.all([feedback("ListRounds", { project }), feedback("ListDatasets", { project })]);
    noRounds.hidden = run.rounds.length > 0;
    roundTable.hidden = run.rounds.length === 0;
    noData.hidden = sealed.datasets.length > 0;
    dataTable.hidden = sealed.datasets.length === 0;
    keyed(rounds, run.rounds, round => round.id, () => rowOf(roundCells));
    keyed(datasets, sealed.datasets, dataset => dataset.id, () => rowOf(item => datasetCells(item, operator)));
  }

  await refreshing(3, load);
});

function table(caption, heads, body) {
  return h("div", { class: "scroll", hidden: true }, h("table", {}, h("caption", { class: "sr" }, caption),
    h("thead", {}, h("tr", {}, heads.map(head => h("th", { scope: "col" }, head)))), body));
}

function rowOf(cells) {
  const row = h("tr", {});
  let before = "";
  row.update = item => {
    const text = JSON.stringify(item);
    if (text !== before) {
      before = text;
      row.replaceChildren(...cells(item).map(cell => h("td", {}, cell)));
    }
  };
  return row;
}

function roundCells(round) {
  const job = (name, id) => (id ? h("div", {}, h("a", { href: "/jobs" }, name), " ", h("span", { class: "mono hint" }, id)) : null);
  return [
    h("span", { class: "mono break" }, round.id, h("div", { class: "hint" }, round.releaseLine)),
    h("span", {}, badge(STATES[round.state] ?? "on", word(round.state)), round.error ? h("div", { class: "hint" }, round.error) : null),
    h("span", { class: "mono break" }, version(round.base)),
    h("span", { class: "mono break" }, round.datasetId),
    h("span", {}, job("reward model", round.rewardJobId), job("candidate", round.preferenceJobId), job("evaluation", round.evaluationJobId)),
    time(round.createTime),
  ];
}

function datasetCells(dataset, operator) {
  const file = holdout => `/console/datasets/${encodeURIComponent(dataset.id)}.jsonl${holdout ? "?holdout=true" : ""}`;
  return [
    h("span", { class: "mono break" }, dataset.id, h("div", { class: "hint", title: dataset.sha256 }, `sha256 ${dataset.sha256.slice(0, 12)}…`)),
    number(dataset.trainingPairs), number(dataset.holdoutPairs),
    h("span", { class: "mono break" }, version(dataset.model)), time(dataset.createTime),
    operator ? h("span", {}, h("a", { href: file(false), download: `${dataset.id}-train.jsonl` }, "train"), " · ", h("a", { href: file(true), download: `${dataset.id}-holdout.jsonl` }, "hold-out")) : "for operators",
  ];
}

async function policyForm(project, line, operator, reload) {
  let { policy } = await feedback("GetPolicy", { project, releaseLine: line });
  const inputs = {
    enabled: h("input", { type: "checkbox", disabled: !operator }),
    autoPromote: h("input", { type: "checkbox", disabled: !operator }),
    minNewPairs: h("input", { type: "number", min: "2", step: "1", required: true, disabled: !operator }),
    cooldownSeconds: h("input", { type: "number", min: "0", step: "1", required: true, disabled: !operator }),
    holdoutShare: h("input", { type: "number", min: "0.05", max: "0.5", step: "any", required: true, disabled: !operator }),
  };
  const fill = () => {
    inputs.enabled.checked = policy.enabled;
    inputs.autoPromote.checked = policy.autoPromote;
    inputs.minNewPairs.value = policy.minNewPairs;
    inputs.cooldownSeconds.value = policy.cooldownSeconds;
    inputs.holdoutShare.value = policy.holdoutShare;
  };
  fill();
  const save = async () => {
    const reply = await feedback("SetPolicy", { policy: {
      ...policy,
      enabled: inputs.enabled.checked,
      autoPromote: inputs.autoPromote.checked,
      minNewPairs: Number(inputs.minNewPairs.value),
      cooldownSeconds: inputs.cooldownSeconds.value,
      holdoutShare: Number(inputs.holdoutShare.value),
    } });
    policy = reply.policy;
    fill();
    done(`The policy of ${line} is saved.`);
  };
  const start = async () => {
    const reason = await confirmed({ title: `Start a round for ${line} now?`, text: ["The pairs rated so far are sealed as a data set, and a reward model and a candidate are trained on them. This takes the trainer for some minutes."], action: "Start the round" });
    if (reason === null) return;
    const { round } = await feedback("StartRound", { project, releaseLine: line });
    await reload();
    done(`Round ${round.id} has begun.`);
  };
  return h("form", { class: "card", "aria-label": `Policy of ${line}`, onsubmit: event => { event.preventDefault(); shown(save); } },
    h("h3", {}, line),
    h("div", { class: "fields" },
      h("label", { class: "check" }, inputs.enabled, "Rounds start by themselves"),
      h("label", { class: "check" }, inputs.autoPromote, "Promote what passes the gate"),
      h("label", {}, "New pairs that start a round", inputs.minNewPairs),
      h("label", {}, "Seconds between two starts at least", inputs.cooldownSeconds),
      h("label", {}, "Share of prompts held out, 0.05 to 0.5", inputs.holdoutShare)),
    operator ? h("div", { class: "row" },
      h("button", { type: "submit", class: "main" }, "Save"), h("button", { type: "button", onclick: () => shown(start) }, "Start a round now …")) : h("p", { class: "hint" }, "Changing it needs the role operator."));
}
