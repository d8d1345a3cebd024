// Chat: one conversation with one model, streamed, with a stop button and thumbs.

import { Failure, clearNotice, content, feedback, h, page, problem, randomId, shown, thumb } from "./ui.js";
import { generate, lengthField, modelPicker, temperatureSlider } from "./stream.js";

page(async ({ project }) => {
  const { select, models } = await modelPicker(project);
  const temperature = temperatureSlider(0.7);
  const length = lengthField(256);
  const turns = h("ol", { class: "turns", "aria-label": "Conversation" });
  const status = h("p", { class: "sr", role: "status" });
  const input = h("textarea", { id: "message", rows: "3", placeholder: "Say something", "aria-describedby": "keys" });
  const send = h("button", { type: "submit", class: "main" }, "Send");
  const stop = h("button", { type: "button", hidden: true, onclick: () => running?.abort() }, "Stop ", h("kbd", {}, "Esc"));
  const fresh = h("button", { type: "button", onclick: startOver }, "New conversation");
  const form = h("form", { class: "composer", onsubmit: event => { event.preventDefault(); ask(); } },
    h("label", { for: "message", class: "sr" }, "Message"), input,
    h("div", { class: "row" }, send, stop, fresh, h("span", { class: "hint", id: "keys" }, "Enter sends, Shift and Enter begins a line")));
  const messages = [];
  let running = null;

  content().append(
    h("div", { class: "card row settings" },
      h("span", { class: "row" }, h("label", { for: "model" }, "Model"), select), temperature.field, length.field),
    h("p", { class: "hint", id: "opening" }, `${models.length === 1 ? "One model is" : `${models.length} models are`} released in project ${project}. Thumbs are kept with the answer; what trains the next version are comparisons: `, h("a", { href: "/compare" }, "compare two answers"), "."),
    turns, status, form);
  input.focus();

  input.addEventListener("keydown", event => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      ask();
    }
  });
  document.addEventListener("keydown", event => {
    if (event.key === "Escape") running?.abort();
  });

  function startOver() {
    running?.abort();
    messages.length = 0;
    turns.replaceChildren();
    input.focus();
  }

  async function ask() {
    const text = input.value.trim();
    if (!text || running) return;
    clearNotice();
    input.value = "";
    messages.push({ role: "user", content: text });
    const mine = h("li", { class: "user text" }, text);
    const answer = answerTurn();
    turns.append(mine, answer.element);
    const controller = new AbortController();
    running = controller;
    send.hidden = true;
    stop.hidden = false;
    answer.element.scrollIntoView({ block: "end" });
    try {
      const asked = { project, model: select.value, messages: [...messages], temperature: Number(temperature.slider.value), maxTokens: Number(length.input.value) };
      answer.finished(await generate(asked, controller.signal, answer.part));
      status.textContent = "The answer is complete.";
    } catch (failure) {
      if (failure.name === "AbortError") {
        answer.finished("stopped by you");
        status.textContent = "Stopped.";
      } else {
        answer.failed(failure);
        problem(failure);
      }
    } finally {
      running = null;
      send.hidden = false;
      stop.hidden = true;
    }
    if (answer.text()) {
      messages.push({ role: "assistant", content: answer.text() });
    } else {
      // nothing was answered: the words go back into the field, to be sent again
      messages.pop();
      if (answer.isFailed()) {
        mine.remove();
        answer.element.remove();
        if (!input.value) input.value = text;
      }
    }
    input.focus();
  }
});

function answerTurn() {
  const text = h("div", { class: "text writing" });
  const foot = h("div", { class: "answer-foot" }, "waiting for its turn …");
  const element = h("li", { class: "assistant" }, text, foot);
  let id = "";
  let version = "";
  let failure = false;
  return {
    element,
    text: () => text.textContent,
    isFailed: () => failure,
    part(part) {
      id = part.completionId;
      version ||= part.modelVersion ?? "";
      if (foot.textContent !== version) foot.textContent = version;
      if (part.text) {
        const low = innerHeight + scrollY >= document.body.scrollHeight - 80;
        text.append(part.text);
        if (low) scrollTo(0, document.body.scrollHeight);
      }
    },
    finished(reason) {
      text.classList.remove("writing");
      foot.replaceChildren(
        ...(id ? thumbs(id) : []),
        h("span", { class: "mono" }, version),
        h("span", {}, reason === "length" ? "ended at the token limit" : reason === "stop" ? "" : reason),
        id ? h("a", { href: `/lineage?completion=${encodeURIComponent(id)}` }, "Lineage") : "");
    },
    failed(cause) {
      failure = true;
      text.classList.remove("writing");
      foot.textContent = cause instanceof Failure ? cause.message : "failed";
    },
  };
}

/** Two buttons; one rating each time one is pressed that is not pressed yet. */
function thumbs(completionId) {
  const buttons = [true, false].map(up => h("button", { type: "button", "aria-pressed": "false", onclick: () => rate(up) }, thumb(!up), up ? " Good" : " Bad"));
  const rate = up => shown(async () => {
    if (buttons[up ? 0 : 1].getAttribute("aria-pressed") === "true") return;
    buttons.forEach(button => (button.disabled = true));
    try {
      await feedback("RecordRating", { ratingId: `thumb-${randomId()}`, project: document.getElementById("project").value, thumb: { completionId, up } });
      buttons.forEach((button, i) => button.setAttribute("aria-pressed", String((i === 0) === up)));
    } finally {
      buttons.forEach(button => (button.disabled = false));
    }
  });
  return buttons;
}
