// What differs between a copy and what the collection holds, file by file.

import { json } from "./ask.js";
import { element } from "./elements.js";
import { count, visible } from "./texts.js";

/** More lines than this of one file are not drawn. */
const LINES = 2000;

const MEANINGS = {
  modified: "differs",
  added: "only in the collection",
  deleted: "only in the project",
};

/** Asks what differs in one copy. */
export function difference(artifact, project, profileRoot) {
  const query = new URLSearchParams({ project_path: project, profile_root: profileRoot });
  return json(`/api/v1/artifacts/${encodeURIComponent(artifact)}/diff?${query}`);
}

/** Returns what differs, as it is read. */
export function view(diff) {
  const changed = diff.files.filter(({ status }) => status !== "unchanged");
  const { unchanged } = diff.summary;
  const same = unchanged > 0 ? ` ${count(unchanged, "file")} ${unchanged === 1 ? "is" : "are"} the same.` : "";
  const from = ["Compared with the collection ", element("bdi", {}, visible(diff.collection_name)), "; + is in the project."];
  if (changed.length === 0) return [element("p", {}, `Nothing differs from the collection.${same}`)];
  return [element("p", { class: "hint" }, from, same), ...changed.map((one) => file(one, changed.length))];
}

function file({ file_path: path, status, unified_diff: text, omitted }, all) {
  const summary = element("summary", {}, element("bdi", {}, visible(path)), " ", element("span", { class: "hint" }, MEANINGS[status] ?? status));
  const body = text ? lines(text) : element("p", { class: "hint" }, omitted ? `Not shown line by line: ${omitted}.` : "");
  return element("details", { class: "file", open: all <= 8 }, summary, text || omitted ? body : null);
}

function lines(text) {
  const all = text.split("\n");
  if (all.at(-1) === "") all.pop();
  // The names of both sides stand above already.
  const shown = all.slice(2, 2 + LINES);
  const kinds = { "+": "plus", "-": "minus", "@": "place", "\\": "note" };
  const line = (one) => element("span", { class: `line ${kinds[one[0]] ?? ""}` }, visible(one), "\n");
  const left = all.length - 2 - shown.length;
  const more = left > 0 ? element("span", { class: "line note" }, `${count(left, "more line")}: skillstat diff shows all`) : null;
  return element("pre", { class: "lines" }, shown.map(line), more);
}
