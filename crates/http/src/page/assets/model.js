// What is known: artifacts, projects and the state of each artifact in each project; and what of it is
// wanted. Draws nothing.

import { lastPart } from "./texts.js";

const MODIFIED = ["modified", "conflict"];
const NOT_THERE = 0xff;

/** The name that the state filter has for artifacts without any copy. */
export const NOWHERE = "not deployed";

export class Model {
  constructor() {
    this.states = [];
    this.projects = [];
    this.rows = [];
    this.problems = [];
    this.wanted = { name: "", kind: "", state: "", project: "" };
    /** The rows and columns that are wanted, as they are drawn. */
    this.visibleRows = [];
    this.visibleColumns = [];
  }

  /** Takes the answer of `/api/v1/matrix`. */
  load(matrix) {
    this.states = matrix.states;
    this.problems = matrix.problems;
    this.projects = matrix.projects.map((path, column) => ({ path, name: lastPart(path), column }));
    this.columns = new Map(matrix.projects.map((path, column) => [path, column]));
    this.rows = matrix.artifacts.map(({ artifact, in_collection: inCollection, cells }) => {
      const colon = artifact.indexOf(":");
      const row = {
        artifact,
        kind: artifact.slice(0, colon),
        name: artifact.slice(colon + 1),
        inCollection,
        cells: Uint8Array.from(cells, (cell) => (cell === "." ? NOT_THERE : cell.charCodeAt(0) - 48)),
      };
      return this.#count(row);
    });
    this.byArtifact = new Map(this.rows.map((row) => [row.artifact, row]));
    this.filter();
  }

  /**
   * Takes the states of one artifact by the paths of its projects. Returns the columns that changed, or
   * nothing when a project or the artifact is not known, so that everything is to be read again.
   */
  update(artifact, states) {
    const row = this.byArtifact.get(artifact);
    if (!row) return states.size === 0 ? [] : null;
    // One that is nowhere has no row of its own.
    if (states.size === 0 && !row.inCollection) return null;
    const cells = new Uint8Array(row.cells.length).fill(NOT_THERE);
    for (const [path, state] of states) {
      const column = this.columns.get(path);
      const place = this.states.indexOf(state);
      if (column === undefined || place < 0) return null;
      cells[column] = place;
    }
    const changed = [];
    for (let column = 0; column < cells.length; column++) {
      if (cells[column] !== row.cells[column]) changed.push(column);
    }
    row.cells = cells;
    this.#count(row);
    return changed;
  }

  /** Returns the state in a cell, or nothing when there is no copy. */
  state(row, column) {
    return this.states[row.cells[column]] ?? null;
  }

  /** Chooses the rows and columns that are wanted. */
  filter() {
    const { name, kind, state, project } = this.wanted;
    const isThere = (text, part) => text.toLowerCase().includes(part.toLowerCase());
    const named = this.rows.filter(
      (row) => (!kind || row.kind === kind) && (!name || isThere(row.artifact, name)),
    );
    // A whole path is that project alone, and not those whose paths go on.
    const isWanted = this.columns?.has(project) ? (path) => path === project : (path) => isThere(path, project);
    const candidates = this.projects.filter(({ path }) => !project || isWanted(path));
    if (state === NOWHERE) {
      this.visibleRows = named.filter((row) => row.total === 0);
      this.visibleColumns = candidates;
      return;
    }
    const place = this.states.indexOf(state);
    const matches = (cell) => (place < 0 ? cell !== NOT_THERE : cell === place);
    const used = new Uint8Array(this.projects.length);
    const rows = named.filter(({ cells }) => {
      let found = false;
      for (const { column } of candidates) {
        if (matches(cells[column])) used[column] = found = true;
      }
      return found;
    });
    this.visibleRows = state || project ? rows : named;
    const columns = candidates.filter(({ column }) => used[column]);
    // A place to deploy to is shown, too.
    this.visibleColumns = (name || kind || state) && columns.length > 0 ? columns : candidates;
  }

  /** Whether anything is left out. */
  get isFiltered() {
    return Object.values(this.wanted).some((text) => text !== "");
  }

  #count(row) {
    row.total = row.modified = 0;
    let worst = -1;
    for (const cell of row.cells) {
      if (cell === NOT_THERE) continue;
      row.total++;
      if (MODIFIED.includes(this.states[cell])) row.modified++;
      worst = Math.max(worst, cell);
    }
    row.worst = this.states[worst] ?? null;
    return row;
  }
}
