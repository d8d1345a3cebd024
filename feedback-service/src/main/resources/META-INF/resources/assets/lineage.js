// Lineage: where an answer comes from, and where a rating went.

import { badge, clearNotice, content, facts, feedback, get, h, page, shown, time, version } from "./ui.js";

const PAIR = {
  PAIR_VERDICT_FIRST_MUCH_BETTER: "first much better", PAIR_VERDICT_FIRST_BETTER: "first better", PAIR_VERDICT_TIE: "tie",
  PAIR_VERDICT_SECOND_BETTER: "second better", PAIR_VERDICT_SECOND_MUCH_BETTER: "second much better", PAIR_VERDICT_BOTH_BAD: "both bad", PAIR_VERDICT_SKIPPED: "skipped",
};
/** Ids of a list shown at once; the rest on demand. */
const FEW = 12;

const toCompletion = id => h("a", { href: `/lineage?completion=${encodeURIComponent(id)}` }, id);
const toRating = id => h("a", { href: `/lineage?rating=${encodeURIComponent(id)}` }, id);

page(async ({ project }) => {
  const query = new URLSearchParams(location.search);
  const asked = query.has("rating") ? "rating" : "completion";
  const kind = h("select", { id: "kind", name: "kind" },
    h("option", { value: "completion", selected: asked === "completion" }, "Answer (completion id)"),
    h("option", { value: "rating", selected: asked === "rating" }, "Rating (rating id)"));
  const id = h("input", { id: "id", required: true, size: "44", autocomplete: "off", spellcheck: "false", value: query.get(asked) ?? "" });
  const found = h("div", {});
  const recent = h("section", { class: "card" });
  content().append(
    h("form", { class: "card row", onsubmit: event => {
      event.preventDefault();
      location.assign(`/lineage?${new URLSearchParams({ [kind.value]: id.value.trim() })}`);
    } }, h("label", { for: "kind" }, "Trace"), kind, h("label", { for: "id", class: "sr" }, "Id"), id, h("button", { type: "submit", class: "main" }, "Show")),
    found, recent);

  const { ratings } = await feedback("ListRatings", { project, pageSize: 1000 });
  recent.append(...recentRatings(ratings.slice(0, 25)));
  const wanted = query.get(asked)?.trim();
  if (!wanted) return;
  clearNotice();
  await shown(async () => found.append(...(asked === "completion" ? await ofCompletion(wanted) : await ofRating(wanted, ratings))));
});

async function ofCompletion(id) {
  const [lineage, answer] = await Promise.all([
    feedback("GetCompletionLineage", { completionId: id }),
    get(`/console/completions/${encodeURIComponent(id)}`),
  ]);
  return [
    h("h2", {}, "The answer"), answerCard(answer),
    h("h2", {}, "Its ratings"), lineage.ratingIds.length ? idList(lineage.ratingIds, toRating) : h("p", { class: "hint" }, "Nobody has rated it."),
    h("h2", {}, "The version that gave it, and what that was made from"), chain(lineage.models),
  ];
}

async function ofRating(id, ratings) {
  const lineage = await feedback("GetRatingLineage", { ratingId: id });
  const rating = ratings.find(one => one.id === id);
  const answers = await Promise.all(lineage.completionIds.map(one => get(`/console/completions/${encodeURIComponent(one)}`).catch(failure => ({ id: one, missing: failure.message }))));
  return [
    h("h2", {}, "The rating"),
    h("article", { class: "card" }, facts(
      ["Rating", h("span", { class: "mono" }, id)],
      rating && ["Says", verdictOf(rating)],
      rating?.pair?.remark && ["Remark", rating.pair.remark],
      rating && ["Rater", h("span", { class: "mono" }, rating.rater)],
      rating && ["Given", time(rating.createTime)],
      rating && ["Counts", rating.parked ? "not yet: an answer it points at has not arrived" : rating.invalidReason || "yes"])),
    h("h2", {}, "What it judges"), ...answers.map(answerCard),
    h("h2", {}, "Data sets that hold it"),
    lineage.datasetIds.length ? idList(lineage.datasetIds, one => h("a", { href: "/data" }, one)) : h("p", { class: "hint" }, "None yet. A round of retraining seals the next one."),
    h("h2", {}, "Versions made from them"),
    lineage.models.length ? chain(lineage.models) : h("p", { class: "hint" }, "None yet."),
  ];
}

function answerCard(answer) {
  if (answer.missing) return h("article", { class: "card" }, h("p", { class: "mono" }, answer.id), h("p", { class: "hint" }, answer.missing));
  return h("article", { class: "card" },
    facts(
      ["Answer", h("span", { class: "mono" }, toCompletion(answer.id))],
      ["Version", h("span", { class: "mono" }, `${answer.model} (${answer.variant})`)],
      ["Ended", h("span", {}, time(answer.finishTime), `, ${answer.finishReason}, ${answer.tokens} tokens`)]),
    h("h3", {}, "Prompt"), h("p", { class: "text" }, answer.prompt || "(token ids)"),
    h("h3", {}, "Answer"), h("p", { class: "text" }, answer.answer));
}

function chain(models) {
  return h("ol", { class: "chain" }, models.map(made => h("li", {}, h("article", { class: "card" },
    h("h3", { class: "mono break" }, version(made.model)),
    facts(
      ["Made by", made.jobId ? h("span", {}, h("a", { href: "/jobs" }, "job"), ` ${made.jobId}`) : "not known: its job's event has not arrived, or it was promoted by name"],
      made.parent && ["From", h("span", { class: "mono" }, version(made.parent))],
      made.datasetId ? ["Data set", h("span", { class: "mono" }, made.datasetId)] : null),
    made.ratingIds.length ? h("details", {}, h("summary", {}, `${made.ratingIds.length} ratings in that data set`), idList(made.ratingIds, toRating)) : null))));
}

function idList(ids, link) {
  const list = h("ul", { class: "ids" }, ids.slice(0, FEW).map(id => h("li", {}, link(id))));
  if (ids.length > FEW) {
    const rest = h("button", { type: "button", class: "quiet", onclick: () => {
      list.append(...ids.slice(FEW).map(id => h("li", {}, link(id))));
      rest.remove();
    } }, `Show ${ids.length - FEW} more`);
    return h("div", {}, list, rest);
  }
  return list;
}

function verdictOf(rating) {
  if (rating.thumb) return rating.thumb.up ? "good" : "bad";
  return PAIR[rating.pair?.verdict] ?? "–";
}

function recentRatings(ratings) {
  if (ratings.length === 0) return [h("h2", {}, "Recent ratings"), h("p", { class: "hint" }, "None yet. ", h("a", { href: "/compare" }, "Rate two answers"), ".")];
  return [h("h2", {}, "Recent ratings"), h("div", { class: "scroll" }, h("table", {},
    h("thead", {}, h("tr", {}, ["Rating", "Says", "Answers", "Given", "Counts"].map(head => h("th", { scope: "col" }, head)))),
    h("tbody", {}, ratings.map(rating => h("tr", {},
      h("td", { class: "mono break" }, toRating(rating.id)),
      h("td", {}, verdictOf(rating)),
      h("td", { class: "mono break" }, (rating.pair ? [rating.pair.firstCompletionId, rating.pair.secondCompletionId] : [rating.thumb?.completionId ?? ""]).map(id => h("div", {}, toCompletion(id)))),
      h("td", {}, time(rating.createTime)),
      h("td", {}, rating.parked ? badge("wait", "parked") : rating.invalidReason ? badge("bad", "invalid") : badge("good", "yes")))))))];
}
