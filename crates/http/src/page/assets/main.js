// The page: reads everything once, then hears what changes and draws that.

import { say } from "./announce.js";
import { Refused, ask, content, json, key } from "./ask.js";
import { Copies, statesOf, statisticsOf } from "./copies.js";
import { element, find } from "./elements.js";
import { Filters } from "./filters.js";
import { Freshness } from "./freshness.js";
import { Grid } from "./grid.js";
import { Hosts } from "./hosts.js";
import { askForKey, enter, tellKey } from "./key.js";
import { Model } from "./model.js";
import { News } from "./news.js";
import { SIGNS, plain } from "./texts.js";

/** More changed artifacts at once than this are read with all the others. */
const ONE_BY_ONE = 16;
const GATHERED = 30;

await enter();
const model = new Model();
const filters = new Filters(model, () => measured("filter", show));
const copies = new Copies(model, { closed: () => grid.focus() });
const grid = new Grid(find("matrix"), model, {
  open: (row, project) => copies.open(row, project),
  choose: (project) => filters.set({ project: model.wanted.project === project.path ? "" : project.path }),
});
const freshness = new Freshness({ retry });
/** Others, if the service reports with any. */
const hosts = find("host") && new Hosts();
const news = new News({ heard, state: heardOfStream, spoke: () => freshness.spoke() });

let etag = null;
/** Which process answered last. */
let service = null;
/** What is asked is asked one after the other, so that no older answer comes after a newer one. */
let asking = Promise.resolve();
let reading = null;
let again = 0;
let pause = 500;
let hearing = false;
const changed = new Set();
let gathering = 0;

find("tools").hidden = false;
find("again").addEventListener("click", readAnew);
find("key").addEventListener("click", () => {
  if (!key.get()) return askForKey().then((good) => good && retry(null));
  key.forget();
  tellKey();
  say("The key is forgotten.");
});
tellKey();
load();

/** Reads everything, or learns that it is as it was. */
function load() {
  reading ??= next(read);
  return reading;
}

/** Reads everything from the disk, if this tab has the key; otherwise what the service has. */
async function readAnew() {
  if (key.get()) {
    // Without it, it is as old as it says.
    await ask("/api/v1/cache/invalidate", { method: "POST", body: {} }).catch(() => null);
  }
  if (await load()) say("Read again.");
}

function next(job) {
  // One that breaks keeps none of those after it.
  asking = asking.then(job).catch((error) => reportError(error));
  return asking;
}

/** Returns whether there was an answer. */
async function read() {
  // Whoever asks from now on wants another reading.
  reading = null;
  clearTimeout(again);
  try {
    const response = await ask("/api/v1/matrix", { headers: etag ? { "If-None-Match": etag } : {} });
    const first = etag === null;
    const event = response.headers.get("Skillstat-Event");
    await sameRelease(event.split("-")[0]);
    if (response.status === 200) {
      const matrix = await content(response);
      etag = response.headers.get("ETag");
      measured("load", () => {
        model.load(matrix);
        filters.offer();
        show();
        showProblems();
        showLegend();
      });
      copies.load();
    }
    freshness.read(Number(response.headers.get("Age") ?? 0));
    if (hearing) freshness.connected();
    hosts?.start();
    pause = 500;
    if (first) news.from(event);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    // Without a key there is no use in trying.
    freshness.lost(error, error.wantsKey ? null : pause);
    if (!error.wantsKey) again = setTimeout(load, pause);
    pause = Math.min(pause * 2, 10_000);
    return false;
  }
  again = setTimeout(whenSeen, freshness.askAfter);
  return true;
}

function whenSeen() {
  if (document.hidden) document.addEventListener("visibilitychange", load, { once: true });
  else load();
}

/** A service that was started anew may be of another release, to which this page does not belong. */
async function sameRelease(process) {
  if (service !== null && service !== process) {
    const { version } = await json("/api/v1/version");
    if (version !== find("version").textContent) location.reload();
  }
  service = process;
}

/** Tries again at once. */
async function retry(error) {
  if (error?.wantsKey && !(await askForKey("This service takes its key for reading, too."))) return;
  pause = 500;
  if (etag === null) load();
  else news.now();
}

function heardOfStream(state, error, wait) {
  hearing = state === "open";
  if (hearing) freshness.connected();
  else freshness.lost(error, wait);
}

/** Takes one piece of news. */
function heard(event) {
  if (event.event === "artifact") changed.add(event.artifact);
  else if (event.event === "ready") return;
  // A project that is gone, or new, changes the columns; what else changes in one comes with its artifacts.
  else if (event.event === "project" && event.there === model.columns.has(event.project_path)) return;
  else changed.add(null);
  gathering ||= setTimeout(() => next(take), GATHERED);
}

async function take() {
  gathering = 0;
  const artifacts = [...changed];
  changed.clear();
  if (artifacts.includes(null) || artifacts.length > ONE_BY_ONE) {
    load();
    return;
  }
  let answers;
  try {
    answers = await Promise.all(artifacts.map(statisticsOf));
  } catch {
    load();
    return;
  }
  measured("event", () => {
    const known = artifacts.map((artifact, place) => update(artifact, answers[place]));
    if (known.includes(false)) load();
  });
}

/** Shows one artifact as it is now; tells whether that was possible without reading everything. */
function update(artifact, statistics) {
  const columns = model.update(artifact, statesOf(statistics, model.states));
  if (!columns) return false;
  const row = model.byArtifact.get(artifact);
  if (row && columns.length > 0) {
    if (model.isFiltered) show();
    grid.repaint(row, columns);
    filters.tell();
    for (const column of columns.slice(0, 3)) {
      const project = model.projects[column].name;
      say(`${plain(row.name)} in ${plain(project)}: ${model.state(row, column) ?? "not deployed"}.`);
    }
  }
  if (copies.artifact === artifact) copies.show(statistics);
  return true;
}

/** Draws what is wanted. */
function show() {
  model.filter();
  const none = model.visibleRows.length === 0;
  find("overview").hidden = true;
  document.querySelectorAll("main > .notice").forEach((notice) => notice.remove());
  find("matrix").hidden = none;
  grid.refresh();
  if (none) find("matrix").before(nothing());
  filters.tell();
}

function nothing() {
  const texts = model.isFiltered
    ? ["No artifact is like that. ", element("button", { type: "button", onclick: () => find("filter-none").click() }, "Show all")]
    : ["Nothing is deployed below the search roots, and no collection has artifacts. ", element("code", {}, "skillstat doctor"), " tells where it looks."];
  return element("p", { class: "notice" }, texts);
}

function showProblems() {
  const { problems } = model;
  find("problems").hidden = problems.length === 0;
  find("problems").querySelector("summary").textContent = `Problems (${problems.length})`;
  const item = ({ path, line, reason, fix }) =>
    element("li", {}, element("bdi", {}, plain(path + (line ? `:${line}` : ""))), `: ${plain(reason)}`, element("br"), `To mend it: ${plain(fix)}`);
  const more = problems.length > 100 ? [element("li", {}, `${problems.length - 100} more: skillstat doctor tells all.`)] : [];
  find("problem-list").replaceChildren(...problems.slice(0, 100).map(item), ...more);
}

function showLegend() {
  const sign = (state) => [element("span", { class: state, "aria-hidden": "true" }, SIGNS[state] ?? "·"), state];
  find("legend").replaceChildren(...model.states.flatMap(sign));
}

/** Does something and notes how long it took, for whoever looks with the browser's tools. */
function measured(name, work) {
  const start = performance.now();
  work();
  performance.measure(`skillstat:${name}`, { start, end: performance.now() });
}
