// Home: the loop as a picture with its numbers.

import { badge, content, get, h, number, page, refreshing, training } from "./ui.js";

const ACTIVE = ["JOB_STATE_QUEUED", "JOB_STATE_RUNNING", "JOB_STATE_CHECKPOINTED"];

page(async ({ project }) => {
  const loop = h("ol", { class: "loop", "aria-label": "The loop" });
  const lines = h("div", {});
  const steps = {
    answers: step("Answers", "/chat", "People ask, a model answers; every answer is kept."),
    ratings: step("Ratings", "/compare", ""),
    data: step("Data sets", "/data", ""),
    training: step("Training", "/jobs", ""),
    releases: step("Releases", "/releases", ""),
  };
  loop.append(...Object.values(steps).map(each => each.element));
  content().append(
    h("p", {}, "People talk to a model and say which answers are better. Enough of that becomes a data set, the data set a new version, and the version, when it is measured to be better, answers next."),
    h("div", { class: "row" },
      h("a", { class: "button main", href: "/compare" }, "Rate two answers"), h("a", { class: "button", href: "/chat" }, "Talk to the model")),
    loop, h("h2", {}, "Until the next version"), lines);

  await refreshing(3, async () => {
    const [overview, { jobs }] = await Promise.all([get("/console/overview", { project }), training("ListJobs", { project, pageSize: 100 })]);
    const active = jobs.filter(job => ACTIVE.includes(job.state)).length;
    const { ratings, parked, completions, datasets } = overview;
    steps.answers.show(number(completions), "People ask, a model answers; every answer is kept.");
    steps.ratings.show(number(ratings), parked ? `${number(parked)} wait for their answer to arrive.` : "Which of two answers is better, or a thumb.");
    steps.data.show(number(datasets), "Sealed snapshots of rated pairs.");
    steps.training.show(active ? `${active} running` : number(jobs.length), active ? "A new version is in the making." : jobs.length === 1 ? "job, none running." : "jobs, none running.");
    const served = overview.lines.filter(line => line.promoted).map(line => line.promoted);
    steps.releases.show(served[0] ?? "none", served.length > 1 ? `and ${served.length - 1} more lines.` : served.length ? "answers now." : "Import or train a model first.", true);
    lines.replaceChildren(...(overview.lines.length ? overview.lines.map(progressOf) : [h("p", { class: "hint" }, "There is no release line in this project yet. The first model that is imported or trained is released at once.")]));
  });
});

function step(title, href, text) {
  const count = h("div", { class: "count" }, "…");
  const about = h("p", {}, text);
  return {
    element: h("li", {}, h("h2", {}, h("a", { href }, title)), count, about),
    show(value, words, small) {
      count.textContent = value;
      count.classList.toggle("small", Boolean(small));
      about.textContent = words;
    },
  };
}

function progressOf(line) {
  const missing = Math.max(0, line.minNewPairs - line.newPairs);
  const under = ["reward", "preference", "evaluating"].includes(line.roundState);
  const words = under ? "A round is under way."
    : !line.enabled ? "Rounds do not start by themselves; see Data."
    : missing ? `${number(missing)} more pairs to rate until the next round.` : "Enough: the next round starts as soon as the cool-down is over.";
  return h("div", { class: "card" },
    h("div", { class: "spread" },
      h("h3", {}, line.name),
      h("span", { class: "row" }, line.roundState ? badge(under ? "on" : line.roundState === "failed" ? "bad" : "", `last round: ${line.roundState}`) : null,
        line.promoted ? badge(line.complete ? "good" : "wait", line.complete ? "served" : "not on every replica yet") : badge("wait", "nothing promoted"))),
    h("progress", { max: String(line.minNewPairs), value: String(Math.min(line.newPairs, line.minNewPairs)), "aria-label": `New pairs of ${line.name}` }),
    h("p", { class: "hint" }, `${number(line.newPairs)} of ${number(line.minNewPairs)} new training pairs. ${words}`));
}
