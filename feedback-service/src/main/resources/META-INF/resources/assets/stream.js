// Answers as they grow: server-sent events over a POST, and what a model picker needs.

import { Failure, get, h, post } from "./ui.js";

/** Largest seed that JSON numbers carry without loss. */
const SEEDS = 2 ** 31;

export const randomSeed = () => crypto.getRandomValues(new Uint32Array(1))[0] % SEEDS;

/** Reads the events of a response: `{ name, data }`. */
async function* events(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    buffer += value;
    let end;
    while ((end = buffer.indexOf("\n\n")) >= 0) {
      const lines = buffer.slice(0, end).split("\n");
      buffer = buffer.slice(end + 2);
      const field = name => lines.filter(line => line.startsWith(`${name}:`)).map(line => line.slice(name.length + 1).replace(/^ /, ""));
      const data = field("data").join("\n");
      if (data) yield { name: field("event").join(""), data };
    }
  }
}

/**
 * Generates an answer. `onPart(part)` gets each `gyre.inference.v1.StreamGenerateResponse`.
 * Aborting the signal closes the connection, which ends the generation.
 *
 * @returns the finish reason, for example `stop`
 */
export async function generate({ project, model, messages, temperature, maxTokens, seed, blind }, signal, onPart) {
  const query = new URLSearchParams({ project, blind: String(Boolean(blind)) });
  const sampling = { temperature, maxTokens };
  if (seed !== undefined) sampling.seed = seed;
  const response = await post(`/console/chat?${query}`, { model, prompt: { chat: { messages } }, sampling }, signal);
  for await (const event of events(response)) {
    if (event.name === "failure") throw new Failure(503, event.data);
    const part = JSON.parse(event.data);
    onPart(part);
    if (part.finishReason) return part.finishReason.replace("FINISH_REASON_", "").toLowerCase();
  }
  throw new Failure(0, "The connection ended before the answer did. Ask again.");
}

/** A select with the models of the project; remembers the choice. Its value is the model's name. */
export async function modelPicker(project) {
  const models = await get("/console/models", { project });
  if (models.length === 0) {
    throw new Failure(404, `No model is released in project ${project} yet. Import or train one ('gyre up' does it the first time), then promote it on the Releases page.`);
  }
  const kept = localStorage.getItem("gyre-model");
  const select = h("select", { id: "model", onchange: () => localStorage.setItem("gyre-model", select.value) },
    models.map(model => h("option", { value: model.name, selected: model.name === kept }, model.name)));
  return { select, models };
}

/** A slider for the temperature, with its value beside it. */
export function temperatureSlider(initial) {
  const value = h("output", { for: "temperature" }, initial.toFixed(1));
  const slider = h("input", { type: "range", id: "temperature", min: "0", max: "2", step: "0.1", value: String(initial), oninput: () => (value.textContent = Number(slider.value).toFixed(1)) });
  slider.value = initial;
  return { slider, field: h("span", { class: "row" }, h("label", { for: "temperature" }, "Temperature"), slider, value) };
}

/** A number field for the longest answer. */
export function lengthField(initial) {
  const input = h("input", { type: "number", id: "max-tokens", min: "1", max: "4096", value: String(initial) });
  return { input, field: h("span", { class: "row" }, h("label", { for: "max-tokens" }, "Tokens at most"), input) };
}
