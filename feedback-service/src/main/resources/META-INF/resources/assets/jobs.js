// Jobs: what is trained, how far it is, and why it ended.

import { badge, confirmed, content, done, facts, h, isOperator, keyed, number, page, refreshing, shown, span, time, training, version, word } from "./ui.js";

const KINDS = { importModel: "Import", pretrain: "Pretraining", reward: "Reward model", dpo: "Preference (DPO)", evaluate: "Evaluation" };
const COLOURS = { JOB_STATE_SUCCEEDED: "good", JOB_STATE_FAILED: "bad", JOB_STATE_RUNNING: "on", JOB_STATE_CHECKPOINTED: "wait" };
const ENDED = ["JOB_STATE_SUCCEEDED", "JOB_STATE_FAILED", "JOB_STATE_CANCELLED"];

page(async ({ me, project }) => {
  const list = h("div", {});
  const empty = h("p", { class: "hint", hidden: true }, "There are no jobs in this project yet. Rounds of retraining start them; ", h("a", { href: "/data" }, "see Data and rounds"), ".");
  const more = h("p", { class: "hint", hidden: true }, "Older jobs are not shown.");
  content().append(empty, list, more);
  await refreshing(2, async () => {
    const { jobs, nextPageToken } = await training("ListJobs", { project, pageSize: 100 });
    empty.hidden = jobs.length > 0;
    more.hidden = !nextPageToken;
    keyed(list, jobs, job => job.id, () => card(isOperator(me)));
  });
});

function kindOf(spec) {
  const key = Object.keys(KINDS).find(name => spec?.[name]);
  return { name: KINDS[key] ?? "Unknown kind", settings: spec?.[key] ?? {} };
}

function card(mayCancel) {
  const head = h("div", { class: "spread" });
  const bar = h("progress", {});
  const now = h("p", { class: "hint" });
  const note = h("p", { class: "text hint" });
  const error = h("p", { class: "problem" });
  const settings = h("pre", {});
  const results = h("div", {});
  const cancel = h("button", { type: "button", class: "danger", hidden: true }, "Cancel job …");
  const element = h("article", { class: "card" }, head, bar, now, note, error,
    h("details", {}, h("summary", {}, "Settings and results"), results, settings), cancel);
  let shownJob = "";
  element.update = job => {
    const text = JSON.stringify(job);
    if (text === shownJob) return;
    shownJob = text;
    const kind = kindOf(job.spec);
    head.replaceChildren(
      h("h2", {}, kind.name, " ", h("span", { class: "hint mono" }, job.id)),
      h("span", { class: "row" }, badge(COLOURS[job.state] ?? "", word(job.state)), h("span", { class: "hint" }, time(job.createTime))));
    showProgress(job);
    error.hidden = !job.error;
    error.textContent = job.error;
    settings.textContent = JSON.stringify(kind.settings, null, 2);
    results.replaceChildren(facts(
      job.result?.model && ["Made", version(job.result.model)],
      ["Asked by", job.requestedBy || "–"],
      ["Attempt", String(job.attempt)],
      ["Last change", time(job.updateTime)],
      ...Object.entries(job.result?.metrics ?? {}).sort().map(([name, value]) => [name, number(value, 5)])));
    cancel.hidden = !mayCancel || ENDED.includes(job.state);
    cancel.onclick = () => shown(async () => {
      const reason = await confirmed({ title: "Cancel this job?", text: [`${kind.name} ${job.id} will end and make nothing.`], action: "Cancel job", danger: true });
      if (reason === null) return;
      await training("CancelJob", { jobId: job.id });
      done("The trainer was asked to end the job.");
    });
  };
  function showProgress({ state, progress }) {
    const running = !ENDED.includes(state);
    const total = Number(progress?.totalSteps ?? 0);
    bar.hidden = !running;
    if (total) {
      bar.max = total;
      bar.value = Number(progress.step);
    } else {
      bar.removeAttribute("value");
    }
    bar.setAttribute("aria-label", "Progress");
    const parts = [
      progress?.phase,
      total ? `step ${number(progress.step)} of ${number(total)}` : null,
      progress?.loss ? `loss ${number(progress.loss, 4)}` : null,
      running && progress?.tokensPerSecond ? `${number(progress.tokensPerSecond, 0)} tokens/s` : null,
      running && progress?.remainingSeconds ? `${span(progress.remainingSeconds)} left in this phase` : null,
    ].filter(Boolean);
    now.textContent = parts.join(" · ");
    now.hidden = parts.length === 0;
    note.textContent = progress?.note ?? "";
    note.hidden = !progress?.note;
  }
  return element;
}
