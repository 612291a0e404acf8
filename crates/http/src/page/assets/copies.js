// The panel beside the matrix: the copies of one artifact, in all projects or in one; what differs in them,
// and what can be done.

import { json, key } from "./ask.js";
import { difference, view } from "./diff.js";
import { element, find } from "./elements.js";
import { withKey } from "./key.js";
import { carryOut } from "./orders.js";
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
/** States in which a copy is not what the collection holds, so that one wants to see what differs. */
const DIFFERENT = ["modified", "conflict", "outdated"];

const moreOf = ({ state }) => (typeof state === "string" ? null : Object.values(state)[0]);

export class Copies {
  #row = null;
  #project = null;
  #content = "";
  #asked = 0;
  #done = null;
  /** Whether files are shown without a key, as the service may be told to. */
  #open = false;

  /** `closed()` when the panel is closed. */
  constructor(model, { closed }) {
    this.model = model;
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
    this.#done = null;
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
      if (asked === this.#asked) this.#draw(element("p", { class: "fault", role: "alert" }, `It could not be read: ${plain(error.message)}.`));
    }
  }

  /** Shows what was read elsewhere; what was asked for before is older. */
  show(statistics) {
    this.#asked++;
    const content = JSON.stringify([statistics, this.#done, this.#row.inCollection]);
    // What has not changed keeps the focus where it is.
    if (content === this.#content) return;
    this.#content = content;
    const within = this.#project ? this.#project.path : null;
    const deployments = statistics.deployments.filter(({ project }) => !within || project === within);
    const body = deployments.map((deployment) => this.#deployment(deployment));
    if (this.#done) body.unshift(this.#doneText());
    if (body.length === 0) {
      const where = within ? "in this project" : "anywhere";
      body.push(element("p", { class: "empty" }, `It is not deployed ${where}.`));
      if (within) body.push(this.#canDeploy(within));
    }
    const others = statistics.deployments.length - deployments.length;
    if (within) {
      const all = element("button", { type: "button", onclick: () => this.open(this.#row, null) }, "All projects");
      const text = others ? `It is in ${count(others, "other project")}, too. ` : "It is in no other project. ";
      body.push(element("p", { class: "others" }, text, others ? all : null));
    } else {
      body.push(this.#elsewhere(new Set(deployments.map(({ project }) => project))));
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
      copies.map((copy) => this.#copy(copy, project)),
    );
  }

  #copy(copy, project) {
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
      this.#actions(copy, project, state),
      this.#project ? this.#compare(copy, project, DIFFERENT.includes(state)) : null,
    );
  }

  #actions({ profile_root: profileRoot }, project, state) {
    const order = (order, word) => () => this.#order({ order, artifact: this.#row.artifact, project_path: project, profile_root: profileRoot }, word);
    const id = (what) => encodeURIComponent(`${what}-${profileRoot}-${project}`);
    const update = this.#row.inCollection && state !== "synced";
    return element(
      "div",
      { class: "tools" },
      update ? element("button", { type: "button", id: id("update"), onclick: order("deploy", "Update") }, "Update…") : null,
      element("button", { type: "button", id: id("undeploy"), onclick: order("undeploy", "Undeploy") }, "Undeploy…"),
    );
  }

  #canDeploy(project) {
    if (!this.#row.inCollection) return element("p", { class: "hint" }, "No collection has it, so it cannot be deployed.");
    const order = { order: "deploy", artifact: this.#row.artifact, project_path: project };
    return element("button", { type: "button", class: "first", id: "deploy", onclick: () => this.#order(order, "Deploy") }, "Deploy…");
  }

  /** Deploying to a project that it is not in yet. */
  #elsewhere(there) {
    if (!this.#row.inCollection) return null;
    const input = element("input", { id: "deploy-to", list: "deploy-projects", required: true, autocomplete: "off", spellcheck: "false" });
    const others = this.model.projects.filter(({ path }) => !there.has(path));
    const list = element("datalist", { id: "deploy-projects" }, others.map(({ path }) => element("option", { value: path })));
    const form = element("form", { class: "elsewhere" }, element("label", { for: "deploy-to" }, "Deploy to another project"), input, list, element("button", { type: "submit" }, "Deploy…"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#order({ order: "deploy", artifact: this.#row.artifact, project_path: input.value.trim() }, "Deploy");
    });
    return form;
  }

  /** Has something done, and offers to take it back. */
  async #order(order, word) {
    const row = this.#row;
    const written = await carryOut(order, word);
    if (!written || this.#row !== row) return;
    const done = written.items.filter(({ outcome }) => outcome === "done");
    this.#done = { order: order.order, kept: done.map(({ kept_as: kept }) => kept).filter(Boolean) };
    await this.load();
    find("panel-title").focus();
  }

  #doneText() {
    const words = { deploy: "Deployed.", undeploy: "Undeployed.", restore: "Brought back." };
    const { order, kept } = this.#done;
    const back = (backup) => element("button", { type: "button", id: "bring-back", onclick: () => this.#order({ order: "restore", backup }, "Bring back") }, "Bring it back…");
    return element("p", { class: "done" }, words[order], kept.length ? " What was there is kept. " : null, kept.slice(0, 1).map(back));
  }

  #compare(copy, project, wanted) {
    const place = element("div", { class: "difference" });
    const artifact = this.#row.artifact;
    const get = async () => {
      const diff = await difference(artifact, project, copy.profile_root);
      this.#open ||= !key.get();
      return diff;
    };
    const button = element("button", { type: "button", onclick: () => load(() => withKey(get)) }, wanted ? "Show what differs" : "Compare with the collection");
    const load = async (asking) => {
      place.replaceChildren(element("p", { class: "hint" }, "Comparing…"));
      try {
        place.replaceChildren(...view(await asking()));
      } catch (error) {
        const why = error.wantsKey ? element("p", { class: "hint" }, "What is in files is shown to who has the key.") : element("p", { class: "fault" }, `They could not be compared: ${plain(error.message)}.`);
        place.replaceChildren(why, button);
      }
    };
    if (wanted && (key.get() || this.#open)) load(get);
    else place.append(button);
    return place;
  }
}

const hash = (text) => element("code", { title: plain(text) }, plain(text.slice(0, 12)) || "none");

const problemText = (problem) =>
  element("p", { class: "problem" }, element("bdi", {}, plain(`${problem.path}${problem.line ? `:${problem.line}` : ""}`)), `: ${plain(problem.reason)}. To mend it: ${plain(problem.fix)}`);
