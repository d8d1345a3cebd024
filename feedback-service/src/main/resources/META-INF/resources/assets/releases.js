// Releases: what is served, what could be, and the evidence; promote, reject, overrule, roll back.

import { badge, confirmed, content, done, facts, h, isOperator, keyed, number, page, problem, refreshing, releases, shown, time, version, word } from "./ui.js";

const VERDICTS = { GATE_VERDICT_PASS: "good", GATE_VERDICT_FAIL: "bad", GATE_VERDICT_NOT_ENOUGH_EVIDENCE: "wait" };
const STATES = { CANDIDATE_STATE_PROMOTED: "good", CANDIDATE_STATE_REJECTED: "bad", CANDIDATE_STATE_MEASURED: "wait", CANDIDATE_STATE_EVALUATING: "on" };

page(async ({ me, project }) => {
  const operator = isOperator(me);
  const lines = h("div", {});
  const candidates = h("div", {});
  const empty = h("p", { class: "hint", hidden: true }, "There are no candidates yet. A finished round of retraining makes one.");
  const noLine = h("p", { class: "hint", hidden: true }, "Nothing is released in this project yet. The first model that is imported or trained is released at once.");
  content().append(
    operator ? "" : h("p", { class: "hint" }, "You may look. Promoting, rejecting and rolling back needs the role operator."),
    noLine, lines, h("h2", {}, "Candidates"), empty, candidates,
    operator ? byName(project, load) : "");
  let epochs = new Map();

  async function load() {
    const [served, found] = await Promise.all([releases("ListReleaseLines", { project }), releases("ListCandidates", { project })]);
    epochs = new Map(served.lines.map(line => [line.name, line.epoch]));
    noLine.hidden = served.lines.length > 0;
    empty.hidden = found.candidates.length > 0;
    keyed(lines, served.lines, line => line.name, () => lineCard(operator, change));
    keyed(candidates, found.candidates, candidate => candidate.id, () => candidateCard(operator, change, name => epochs.get(name) ?? "0"));
  }

  async function change(rpc, request, message) {
    try {
      await releases(rpc, request);
      await load();
      done(message);
    } catch (failure) {
      await load().catch(problem);
      problem(failure);
    }
  }

  await refreshing(3, load);
});

/** Fills an element anew only when what it shows has changed. */
function fillable(element, fill) {
  let before = "";
  element.update = item => {
    const text = JSON.stringify(item);
    if (text !== before) {
      before = text;
      const open = element.querySelector("details")?.open;
      element.replaceChildren(...fill(item).filter(Boolean));
      const details = element.querySelector("details");
      if (details) details.open = open ?? details.open;
    }
  };
  return element;
}

function lineCard(operator, change) {
  return fillable(h("article", { class: "card" }), line => [
    h("div", { class: "spread" }, h("h2", {}, line.name),
      line.promoted ? badge(line.complete ? "good" : "wait", line.complete ? "on every replica" : line.warmReplicas.length ? `on ${line.warmReplicas.length} of the replicas, others still load` : "no replica has loaded it yet") : badge("wait", "nothing promoted")),
    facts(
      ["Promoted", h("span", { class: "mono" }, version(line.promoted))],
      ["Previous", h("span", { class: "mono" }, version(line.previous))],
      ["Epoch", line.epoch],
      ["Warm on", line.warmReplicas.join(", ") || "no replica yet"],
      ["Last change", h("span", {}, time(line.updateTime), ` by ${line.changedBy || "–"}`, line.reason ? `: ${line.reason}` : "")]),
    operator && h("div", { class: "row" }, h("button", {
      type: "button", class: "danger", disabled: !line.previous, onclick: () => shown(async () => {
        const reason = await confirmed({ title: `Roll back ${line.name}?`, text: [`${version(line.previous)} will answer again in place of ${version(line.promoted)}. Running answers end undisturbed.`], action: "Roll back", reason: "required", danger: true });
        if (reason === null) return;
        await change("RollBack", { project: line.project, releaseLine: line.name, reason, expectedEpoch: line.epoch }, `${line.name} goes back to ${version(line.previous)}.`);
      }),
    }, "Roll back …"), line.previous ? null : h("span", { class: "hint" }, "There is no previous version to go back to.")),
  ]);
}

function candidateCard(operator, change, epochOf) {
  return fillable(h("article", { class: "card" }), candidate => {
    const passed = candidate.verdict === "GATE_VERDICT_PASS";
    const open = candidate.state === "CANDIDATE_STATE_MEASURED" || candidate.state === "CANDIDATE_STATE_EVALUATING";
    const settled = candidate.state === "CANDIDATE_STATE_REJECTED";
    const promote = () => shown(async () => {
      const reason = await confirmed({
        title: passed ? `Promote ${version(candidate.model)}?` : `Overrule the gate for ${version(candidate.model)}?`,
        text: [passed ? `It answers in ${candidate.releaseLine} from then on.` : `The gate says: ${word(candidate.verdict)}. Your reason is kept with the release for good.`],
        action: passed ? "Promote" : "Overrule and promote", reason: passed ? "optional" : "required", danger: !passed,
      });
      if (reason === null) return;
      await change("Promote", { project: candidate.project, releaseLine: candidate.releaseLine, model: candidate.model, reason, expectedEpoch: epochOf(candidate.releaseLine) }, `${version(candidate.model)} is promoted; replicas load it now.`);
    });
    const reject = () => shown(async () => {
      const reason = await confirmed({ title: `Reject ${version(candidate.model)}?`, text: ["It will not be served."], action: "Reject", reason: "required", danger: true });
      if (reason === null) return;
      await change("Reject", { candidateId: candidate.id, reason }, `${version(candidate.model)} is rejected.`);
    });
    return [
      h("div", { class: "spread" },
        h("h3", {}, h("span", { class: "mono break" }, version(candidate.model)), h("span", { class: "hint" }, `  for ${candidate.releaseLine}`)),
        h("span", { class: "row" }, badge(STATES[candidate.state] ?? "", word(candidate.state)),
          candidate.verdict === "GATE_VERDICT_UNSPECIFIED" ? null : badge(VERDICTS[candidate.verdict] ?? "", `gate: ${word(candidate.verdict)}`), h("span", { class: "hint" }, time(candidate.createTime)))),
      candidate.reason ? h("p", {}, candidate.reason) : null,
      candidate.checks.length ? checks(candidate.checks) : h("p", { class: "hint" }, candidate.state === "CANDIDATE_STATE_EVALUATING" ? "It is being measured." : "It was not measured against another version."),
      h("details", {}, h("summary", {}, "Origin and measurements"), facts(
        ["Parent", version(candidate.parent)], ["Data set", candidate.dataset?.id ?? "–"], ["Job", candidate.jobId || "–"],
        ...Object.entries(candidate.metrics).sort().map(([name, value]) => [name, number(value, 5)]))),
      operator && (open || settled) ? h("div", { class: "row" },
        h("button", { type: "button", class: passed ? "main" : "danger", onclick: promote }, passed ? "Promote …" : "Overrule and promote …"),
        open ? h("button", { type: "button", class: "danger", onclick: reject }, "Reject …") : null) : null,
    ];
  });
}

function checks(list) {
  return h("div", { class: "scroll" }, h("table", {},
    h("caption", {}, "What the gate checked"),
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Check"), h("th", { scope: "col", class: "number" }, "Measured"), h("th", { scope: "col", class: "number" }, "Limit"), h("th", { scope: "col" }, "Says"), h("th", { scope: "col" }, "In words"))),
    h("tbody", {}, list.map(check => h("tr", {},
      h("td", {}, check.name.replaceAll("_", " ")),
      h("td", { class: "number" }, number(check.value, 4)),
      h("td", { class: "number" }, number(check.limit, 4)),
      h("td", {}, badge(VERDICTS[check.verdict] ?? "", word(check.verdict))),
      h("td", {}, check.explanation))))));
}

/** Any version of a package can be promoted, with a reason. */
function byName(project, load) {
  const field = (id, label, hint) => {
    const input = h("input", { id, required: true, autocomplete: "off", placeholder: hint });
    return { input, element: h("label", {}, label, input) };
  };
  const line = field("line", "Release line", "smollm2");
  const name = field("name", "Model package", "smollm2");
  const of = field("version", "Version", "1-1");
  const why = field("why", "Reason", "");
  return h("details", { class: "card" }, h("summary", {}, "Promote a version by name"),
    h("form", { onsubmit: event => {
      event.preventDefault();
      shown(async () => {
        const reply = await releases("Promote", { project, releaseLine: line.input.value.trim(), model: { name: name.input.value.trim(), version: of.input.value.trim() }, reason: why.input.value.trim() });
        event.target.reset();
        await load();
        done(`${version(reply.line.promoted)} is promoted in ${reply.line.name}.`);
      });
    } }, h("div", { class: "fields" }, line.element, name.element, of.element, why.element), h("button", { type: "submit" }, "Promote")));
}
