// Compare: one prompt, two answers of the same model whose versions stay hidden until they are
// rated. Which answer stands on the left is drawn by lot and sent with the rating.

import { clearNotice, confirmed, content, feedback, get, h, page, problem, randomId, shown } from "./ui.js";
import { generate, lengthField, modelPicker, randomSeed, temperatureSlider } from "./stream.js";

const VERDICTS = [
  { key: "1", side: "left", strength: "MUCH_BETTER", label: "Left much better" },
  { key: "2", side: "left", strength: "BETTER", label: "Left better" },
  { key: "3", verdict: "TIE", label: "Tie" },
  { key: "4", side: "right", strength: "BETTER", label: "Right better" },
  { key: "5", side: "right", strength: "MUCH_BETTER", label: "Right much better" },
  { key: "b", verdict: "BOTH_BAD", label: "Both bad" },
  { key: "s", verdict: "SKIPPED", label: "Skip …" },
];

// asked where a project has no prompts of its own yet
const STARTERS = [
  "Explain to a child why the sky is blue.",
  "Give me three ideas for a rainy Sunday.",
  "Write a short thank-you note to a neighbour.",
  "What should I check before buying a used bicycle?",
  "Describe the sea in winter in four sentences.",
  "How do I boil an egg so that the yolk stays soft?",
  "Name one advantage and one disadvantage of working from home.",
  "Tell a very short story about a lost key.",
  "What is the difference between weather and climate?",
  "Help me say no to an invitation politely.",
];

page(async ({ project }) => {
  const { select } = await modelPicker(project);
  const recent = await get("/console/prompts", { project });
  const prompts = shuffled(recent.length >= 5 ? recent : [...recent, ...STARTERS]);
  let nextPrompt = 0;

  const temperature = temperatureSlider(0.8);
  const length = lengthField(160);
  const input = h("textarea", { id: "prompt", rows: "2" });
  const ask = h("button", { type: "submit", class: "main" }, "Ask twice");
  const draw = h("button", { type: "button", onclick: () => { drawPrompt(); input.focus(); } }, "Draw a prompt");
  const stop = h("button", { type: "button", hidden: true, onclick: () => running?.abort() }, "Stop ", h("kbd", {}, "Esc"));
  const form = h("form", { class: "card stack", onsubmit: event => { event.preventDefault(); shown(start); } },
    h("div", { class: "row settings" }, h("span", { class: "row" }, h("label", { for: "model" }, "Model"), select), temperature.field, length.field),
    h("label", { for: "prompt" }, "Prompt"), input,
    h("div", { class: "row" }, ask, draw, stop));
  const left = side("Left");
  const right = side("Right");
  const buttons = VERDICTS.map(verdict => h("button", { type: "button", disabled: true, onclick: () => shown(() => rate(verdict)) }, h("kbd", {}, verdict.key), verdict.label));
  const status = h("p", { class: "hint", role: "status", tabindex: "-1" }, "Both answers come from the same release line; versions are shown after you rate.");
  const next = h("button", { type: "button", class: "main", hidden: true, onclick: nextRound }, "Next prompt");
  const panel = h("section", { class: "panel", "aria-label": "Your rating" }, h("div", { class: "verdicts" }, buttons), h("div", { class: "row" }, next, status));

  content().append(form, h("div", { class: "sides" }, left.element, right.element), panel);

  let running = null;
  let pair = null; // the two answers that wait for a rating
  let rated = 0;

  drawPrompt();
  input.focus();

  document.addEventListener("keydown", event => {
    if (event.key === "Escape") running?.abort();
    const typing = event.target.closest("textarea, input, select, dialog");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const verdict = VERDICTS.find(({ key }) => key === event.key.toLowerCase());
    if (verdict && pair) {
      event.preventDefault();
      shown(() => rate(verdict));
    }
  });
  input.addEventListener("keydown", event => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    }
  });

  function drawPrompt() {
    input.value = prompts[nextPrompt++ % prompts.length];
  }

  function nextRound() {
    next.hidden = true;
    left.clear();
    right.clear();
    drawPrompt();
    shown(start);
  }

  async function start() {
    const prompt = input.value.trim();
    if (!prompt || running) return;
    clearNotice();
    pair = null;
    next.hidden = true;
    enable(false);
    const controller = new AbortController();
    running = controller;
    ask.disabled = draw.disabled = true;
    stop.hidden = false;
    const firstOnLeft = crypto.getRandomValues(new Uint8Array(1))[0] % 2 === 0;
    const [first, second] = firstOnLeft ? [left, right] : [right, left];
    left.clear();
    right.clear();
    status.textContent = "Both answers are being written …";
    status.focus({ preventScroll: true });
    const seed = randomSeed();
    const one = (place, itsSeed) => {
      place.begin();
      const asked = { project, model: select.value, messages: [{ role: "user", content: prompt }], temperature: Number(temperature.slider.value), maxTokens: Number(length.input.value), seed: itsSeed, blind: true };
      return generate(asked, controller.signal, place.part).then(place.finished, failure => {
        place.failed(failure);
        throw failure;
      });
    };
    const results = await Promise.allSettled([one(first, seed), one(second, (seed + 1) % 2 ** 31)]);
    running = null;
    ask.disabled = draw.disabled = false;
    stop.hidden = true;
    const failed = results.find(result => result.status === "rejected");
    if (failed) {
      status.textContent = failed.reason.name === "AbortError" ? "Stopped. Ask again when you like." : "There is nothing to rate; ask again.";
      if (failed.reason.name !== "AbortError") problem(failed.reason);
      return;
    }
    pair = { first: first.id(), second: second.id(), firstOnLeft };
    enable(true);
    status.textContent = left.text() === right.text() ? "Both answers say the same. Rate with a key or a button." : "Which is better? Rate with a key or a button.";
    status.focus({ preventScroll: true });
  }

  async function rate(verdict) {
    if (!pair) return;
    const judged = pair;
    let remark = "";
    if (verdict.verdict === "SKIPPED") {
      const reason = await confirmed({ title: "Skip this pair", text: ["It will not count for training. Why can it not be judged?"], action: "Skip", reason: "required" });
      if (reason === null) return;
      remark = reason;
    }
    if (pair !== judged) return;
    pair = null;
    enable(false);
    try {
      await feedback("RecordRating", {
        ratingId: `pair-${randomId()}`,
        project,
        pair: { firstCompletionId: judged.first, secondCompletionId: judged.second, verdict: `PAIR_VERDICT_${name(verdict, judged)}`, firstOnLeft: judged.firstOnLeft, remark },
      });
    } catch (failure) {
      pair = judged; // not recorded: it may be tried again
      enable(true);
      throw failure;
    }
    rated++;
    left.choose(verdict.side === "left");
    right.choose(verdict.side === "right");
    status.textContent = `Recorded: ${verdict.label.replace(" …", "").toLowerCase()}. ${rated} in this visit.`;
    next.hidden = false;
    next.focus({ preventScroll: true });
    await Promise.all([left.reveal(), right.reveal()]);
  }

  /** The verdict in terms of first and second, which the contract speaks of. */
  function name({ verdict, side: better, strength }, { firstOnLeft }) {
    if (verdict) return verdict;
    return `${(better === "left") === firstOnLeft ? "FIRST" : "SECOND"}_${strength}`;
  }

  function enable(on) {
    buttons.forEach(button => (button.disabled = !on));
  }
});

/** One of the two answers. */
function side(title) {
  const text = h("div", { class: "text" });
  const reveal = h("div", { class: "reveal", hidden: true });
  const element = h("section", { class: "side", "aria-label": `${title} answer` }, h("h2", {}, title), text, reveal);
  let id = "";
  return {
    element,
    id: () => id,
    text: () => text.textContent,
    clear() {
      text.replaceChildren();
      reveal.hidden = true;
      element.classList.remove("chosen");
    },
    begin() {
      id = "";
      text.classList.add("writing");
    },
    part(part) {
      id = part.completionId;
      if (part.text) text.append(part.text);
    },
    finished(reason) {
      text.classList.remove("writing");
      if (reason === "length") text.append(h("span", { class: "hint" }, " [cut at the token limit]"));
    },
    failed(failure) {
      text.classList.remove("writing");
      text.replaceChildren(h("p", { class: "hint" }, failure.name === "AbortError" ? "Stopped." : failure.message));
    },
    choose(better) {
      element.classList.toggle("chosen", better);
    },
    async reveal() {
      const completion = await arrived(id);
      reveal.replaceChildren(
        completion ? h("span", { class: "mono" }, completion.model) : "The version is not known yet: its event has not arrived. ",
        " ", h("a", { href: `/lineage?completion=${encodeURIComponent(id)}` }, "Lineage"));
      reveal.hidden = false;
    },
  };
}

/** A completion as soon as its event has come from inference-service; null when it takes too long. */
async function arrived(id) {
  for (let wait = 100; wait < 5000; wait *= 2) {
    try {
      return await get(`/console/completions/${encodeURIComponent(id)}`);
    } catch (failure) {
      if (failure.status !== 404) {
        problem(failure);
        return null;
      }
    }
    await new Promise(resolve => setTimeout(resolve, wait));
  }
  return null;
}

function shuffled(items) {
  const mixed = [...items];
  for (let i = mixed.length - 1; i > 0; i--) {
    const j = crypto.getRandomValues(new Uint32Array(1))[0] % (i + 1);
    [mixed[i], mixed[j]] = [mixed[j], mixed[i]];
  }
  return mixed;
}
