// What every page stands on: elements without markup from strings, calls with errors shown, the
// frame around the page. Nothing here or in a page ever turns text into HTML.

/** A refusal of the service, with its own message. */
export class Failure extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/**
 * Makes an element. Properties beginning with `on` are listeners, `class` and the rest attributes;
 * true sets an empty attribute, false, null and undefined none. Children are elements or text.
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value") element.value = value;
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter(child => child != null && child !== false));
  return element;
}

/** Thumb as an icon; `down` turns it. */
export function thumb(down) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", down ? "icon down" : "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", "M7 11v9H4v-9zm0 0 4-8c1.5 0 2.5 1 2.5 2.500L13 9h5.500c1.200 0 2 1 1.800 2.200l-1.200 7c-.2 1-1 1.800-2 1.800H7");
  svg.append(path);
  return svg;
}

export const content = () => document.getElementById("content");

/** Shows what went wrong, until it is closed or the next one comes. */
export function problem(failure) {
  const notice = document.getElementById("notice");
  const message = failure instanceof Failure ? failure.message : `The console failed: ${failure.message ?? failure}`;
  if (!(failure instanceof Failure)) console.error(failure);
  notice.replaceChildren(h("p", { class: "problem" },
    h("button", { type: "button", class: "quiet", "aria-label": "Close this message", onclick: clearNotice }, "×"),
    message,
    failure.status === 401 ? h("span", {}, " ", h("a", { href: "/" }, "Sign in")) : null));
}

/** Shows that something worked. */
export function done(message) {
  document.getElementById("notice").replaceChildren(h("p", { class: "done", role: "status" }, message));
}

export function clearNotice() {
  document.getElementById("notice").replaceChildren();
}

/** Runs something and shows what goes wrong. Gives undefined then. */
export async function shown(action) {
  try {
    return await action();
  } catch (failure) {
    problem(failure);
    return undefined;
  }
}

async function answer(request) {
  let response;
  try {
    response = await request;
  } catch (failure) {
    if (failure.name === "AbortError") throw failure;
    throw new Failure(0, "The service does not answer. Is it running? 'gyre status' says.");
  }
  if (!response.ok) throw await refusal(response);
  return response;
}

/** What a response that is no success says. */
export async function refusal(response) {
  const text = await response.text();
  let message = `The service answered ${response.status} without a message.`;
  try {
    message = JSON.parse(text).error.message;
  } catch {
    // not ours: keep the status
  }
  return new Failure(response.status, message);
}

/** Reads JSON. */
export async function get(path, parameters = {}) {
  const query = new URLSearchParams(parameters).toString();
  return (await answer(fetch(query ? `${path}?${query}` : path))).json();
}

/** Sends a request and gives the response, for streams. */
export function post(path, body, signal) {
  return answer(fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body), signal }));
}

const call = service => async (rpc, request = {}) => (await post(`/api/${service}/${rpc}`, request)).json();
export const feedback = call("gyre.feedback.v1.FeedbackService");
export const releases = call("gyre.releases.v1.ReleaseService");
export const training = call("gyre.training.v1.TrainingService");

/** Loads now and every few seconds while the page is looked at; a failure is shown and tried again. */
export function refreshing(seconds, load) {
  let failed = false;
  const turn = async () => {
    if (!document.hidden) {
      try {
        await load();
        if (failed) clearNotice();
        failed = false;
      } catch (failure) {
        failed = true;
        problem(failure);
      }
    }
    setTimeout(turn, seconds * 1000);
  };
  return turn();
}

/**
 * Brings the children of a parent in line with items, keeping those whose key stays, so that focus
 * and open details survive. `make(item)` gives an element with a method `update(item)`.
 */
export function keyed(parent, items, key, make) {
  const before = new Map([...parent.children].filter(child => child.dataset.key).map(child => [child.dataset.key, child]));
  const after = items.map(item => {
    let element = before.get(key(item));
    if (!element) {
      element = make(item);
      element.dataset.key = key(item);
    }
    element.update(item);
    return element;
  });
  if (after.length !== parent.children.length || after.some((element, i) => parent.children[i] !== element)) {
    parent.replaceChildren(...after);
  }
}

/** Asks for a confirmation, and for a reason where it is wanted. Gives null when it is called off. */
export function confirmed({ title, text, action, reason, danger }) {
  return new Promise(resolve => {
    const why = h("textarea", { rows: "3", id: "reason", required: reason === "required", maxlength: "2000" });
    const dialog = h("dialog", { "aria-labelledby": "dialog-title" },
      h("form", { method: "dialog", class: "stack" },
        h("h2", { id: "dialog-title" }, title),
        ...text.map(line => h("p", {}, line)),
        reason ? h("div", { class: "field" }, h("label", { for: "reason" }, reason === "required" ? "Reason (required)" : "Reason"), why) : null,
        h("div", { class: "row end" },
          h("button", { type: "button", onclick: () => dialog.close("") }, "Cancel"),
          h("button", { type: "submit", value: "yes", class: danger ? "danger" : "main" }, action))));
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes" ? why.value.trim() : null);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

// words and numbers

export const version = ref => (ref ? `${ref.name}@${ref.version}` : "–");
export const word = name => name.replace(/^[A-Z]+(_[A-Z]+)*?_(STATE|VERDICT|REASON)_/, "").toLowerCase().replaceAll("_", " ");
export const number = (value, digits = 3) => Number(value).toLocaleString("en", { maximumFractionDigits: digits });

export function time(stamp) {
  if (!stamp) return "–";
  const date = new Date(stamp);
  return h("time", { datetime: stamp, title: date.toISOString() }, date.toLocaleString([], { dateStyle: "medium", timeStyle: "short" }));
}

export function span(seconds) {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`;
}

export function badge(kind, text) {
  return h("span", { class: `badge ${kind}` }, text);
}

export function facts(...pairs) {
  return h("dl", { class: "facts" }, pairs.filter(Boolean).map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
}

/** Random id; works without a secure context too. */
export function randomId() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, "0")).join("");
}

// the frame

/** Whether the person may change what is served. */
export const isOperator = me => me.roles.includes("operator") || me.roles.includes("admin");

/** Fills the frame and gives the caller and the chosen project to the page. */
export async function page(setup) {
  for (const link of document.querySelectorAll(".bar nav a")) {
    if (link.getAttribute("href") === location.pathname) link.setAttribute("aria-current", "page");
  }
  document.getElementById("sign-out").addEventListener("click", () => shown(async () => {
    await post("/logout", {});
    location.assign("/");
  }));
  await shown(async () => {
    const me = await get("/console/me");
    const project = await chooseProject(me);
    content().replaceChildren();
    await setup({ me, project });
  });
}

async function chooseProject(me) {
  let projects = me.projects.filter(name => name !== "*");
  if (me.projects.includes("*")) {
    const { lines } = await releases("ListReleaseLines");
    projects = [...projects, ...lines.map(line => line.project)];
  }
  projects = [...new Set([me.project, ...projects])].sort();
  const kept = localStorage.getItem("gyre-project");
  const project = projects.includes(kept) ? kept : me.project;
  const select = document.getElementById("project");
  select.replaceChildren(...projects.map(name => h("option", { value: name, selected: name === project }, name)));
  select.closest("label").hidden = projects.length < 2;
  select.addEventListener("change", () => {
    localStorage.setItem("gyre-project", select.value);
    location.reload();
  });
  return project;
}
