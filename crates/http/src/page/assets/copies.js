// The panel beside the matrix: the copies of one artifact, in all projects or in one.

import { json } from "./ask.js";
import { element, find } from "./elements.js";
import { SIGNS, count, plain } from "./texts.js";

/** Returns the states of an artifact by the paths of its projects: of several copies the worst. */
export function statesOf(statistics, order) {
  const states = new Map();
  for (const { project, copies } of statistics.deployments) {
    const worst = Math.max(...copies.map((copy) => order.indexOf(stateOf(copy))));
    states.set(project, order[worst]);
  }
  return states;
}

/** Asks where an artifact is. */
export const statisticsOf = (artifact) =>
  json(`/api/v1/exact/statistics?artifact=${encodeURIComponent(artifact)}`);

const stateOf = ({ state }) => (typeof state === "string" ? state : Object.keys(state)[0]);
const moreOf = ({ state }) => (typeof state === "string" ? null : Object.values(state)[0]);

export class Copies {
  #row = null;
  #project = null;
  #content = "";
  #asked = 0;

  /** `closed()` when the panel is closed. */
  constructor({ closed }) {
    this.closed = closed;
    this.panel = find("panel");
    this.panel.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close();
    });
  }

  /** The artifact that is shown, or nothing. */
  get artifact() {
    return this.#row?.artifact ?? null;
  }

  /** Shows an artifact, in one project if one is given. */
  async open(row, project) {
    this.#row = row;
    this.#project = project;
    this.#content = "";
    this.panel.hidden = false;
    document.body.classList.add("with-panel");
    this.#draw(element("p", { class: "hint" }, "Reading…"));
    find("panel-title").focus();
    await this.load();
  }

  /** Reads anew what is shown. */
  async load() {
    if (!this.#row) return;
    const asked = ++this.#asked;
    try {
      const statistics = await statisticsOf(this.#row.artifact);
      if (asked === this.#asked) this.show(statistics);
    } catch (error) {
      if (asked === this.#asked) this.#draw(element("p", { class: "fault", role: "alert" }, `It could not be read: ${error.message}.`));
    }
  }

  /** Shows what was read elsewhere. */
  show(statistics) {
    const content = JSON.stringify(statistics);
    // What has not changed keeps the focus where it is.
    if (content === this.#content) return;
    this.#content = content;
    const within = this.#project ? this.#project.path : null;
    const deployments = statistics.deployments.filter(({ project }) => !within || project === within);
    const body = deployments.map((deployment) => this.#deployment(deployment));
    if (body.length === 0) {
      const where = within ? "in this project" : "anywhere";
      body.push(element("p", { class: "empty" }, `It is not deployed ${where}.`));
    }
    const others = statistics.deployments.length - deployments.length;
    if (within) {
      const all = element("button", { type: "button", onclick: () => this.open(this.#row, null) }, "All projects");
      const text = others ? `It is in ${count(others, "other project")}, too. ` : "It is in no other project. ";
      body.push(element("p", { class: "others" }, text, others ? all : null));
    }
    for (const problem of statistics.problems) body.push(problemText(problem));
    this.#draw(...body);
  }

  close() {
    if (this.panel.hidden) return;
    this.panel.hidden = true;
    this.#row = null;
    this.#asked++;
    document.body.classList.remove("with-panel");
    this.closed();
  }

  #draw(...body) {
    const { kind, name, artifact } = this.#row;
    const focused = document.activeElement?.id;
    const title = element("h2", { id: "panel-title", tabindex: -1, title: plain(artifact) }, element("span", { class: "kind" }, plain(kind)), " ", element("bdi", {}, plain(name)));
    const close = element("button", { type: "button", id: "panel-close", "aria-label": "Close the panel", onclick: () => this.close() }, "×");
    const where = this.#project ? element("p", { class: "path" }, element("bdi", {}, plain(this.#project.path))) : null;
    this.panel.replaceChildren(...[element("div", { class: "top" }, title, close), where, ...body].filter(Boolean));
    if (focused && focused !== document.activeElement?.id) find(focused)?.focus();
  }

  #deployment({ project, copies }) {
    return element(
      "section",
      { class: "deployment", "aria-label": plain(project) },
      this.#project ? null : element("h3", {}, element("bdi", {}, plain(project))),
      copies.map((copy) => this.#copy(copy)),
    );
  }

  #copy(copy) {
    const state = stateOf(copy);
    const more = moreOf(copy);
    const facts = [
      ["Copy", element("bdi", {}, plain(`${copy.profile_root}/${copy.path}`))],
      ["Deployed", plain(copy.deployed_at)],
      copy.from_collection ? ["From", element("bdi", {}, plain(copy.from_collection))] : null,
      more?.kind ? ["Kind", plain(more.kind)] : null,
      more?.reason ? ["Reason", element("bdi", {}, plain(more.reason))] : null,
      more?.fix ? ["To mend it", element("bdi", {}, plain(more.fix))] : null,
      ["Baseline", hash(copy.baseline)],
      typeof (more?.current ?? more) === "string" ? ["Now", hash(more.current ?? more)] : null,
    ];
    return element(
      "div",
      { class: "copy" },
      element("p", { class: `state ${state}` }, element("span", { class: "sign", "aria-hidden": "true" }, SIGNS[state] ?? "·"), ` ${state}`),
      element("dl", {}, facts.filter(Boolean).map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value)))),
    );
  }
}

const hash = (text) => element("code", { title: plain(text) }, plain(text.slice(0, 12)) || "none");

const problemText = (problem) =>
  element("p", { class: "problem" }, element("bdi", {}, plain(`${problem.path}${problem.line ? `:${problem.line}` : ""}`)), `: ${plain(problem.reason)}. To mend it: ${plain(problem.fix)}`);
