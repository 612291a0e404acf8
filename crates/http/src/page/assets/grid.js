// The matrix: artifacts down, projects across. Only what can be seen, and the cell with the focus, is in
// the document, so that its size does not depend on how much there is.

import { element } from "./elements.js";
import { SIGNS, plain } from "./texts.js";

/** The place of the names: above the first row, left of the first column. */
const NAMES = -1;
/** How many rows and columns are drawn beyond the edge; they are taken in and put out in such steps. */
const STEP = 8;

export class Grid {
  #rows = new Map();
  #heads = new Map();
  #active = { row: 0, column: NAMES };
  #window = "";
  #drawing = 0;

  /** `open(row, project)` when a cell is chosen (project null: the row's name), `choose(project)` for a column's name. */
  constructor(place, model, { open, choose }) {
    this.model = model;
    this.open = open;
    this.choose = choose;
    this.head = element("div", { role: "row", class: "head", "aria-rowindex": 1 });
    this.corner = element("div", { role: "columnheader", class: "corner", "aria-colindex": 1, tabindex: -1 }, "Artifact");
    this.corner.place = { row: NAMES, column: NAMES };
    this.head.append(this.corner);
    this.canvas = element("div", { role: "rowgroup", class: "canvas" }, this.head);
    this.view = element("div", { role: "grid", class: "grid", "aria-label": "Matrix of artifacts and projects" }, this.canvas);
    place.replaceChildren(this.view);
    this.view.addEventListener("scroll", () => this.#soon(), { passive: true });
    this.view.addEventListener("click", (event) => this.#chosen(event));
    this.view.addEventListener("keydown", (event) => this.#pressed(event));
    this.view.addEventListener("focusin", (event) => this.#focused(event));
    new ResizeObserver(() => this.#soon()).observe(this.view);
  }

  /** Shows other rows and columns: what is in the document stays at its place and shows another artifact. */
  refresh() {
    const { visibleRows, visibleColumns } = this.model;
    const hadFocus = this.view.contains(document.activeElement);
    this.#window = "";
    this.#active.row = Math.min(this.#active.row, visibleRows.length - 1);
    this.#active.column = Math.min(this.#active.column, visibleColumns.length - 1);
    this.view.setAttribute("aria-rowcount", visibleRows.length + 1);
    this.view.setAttribute("aria-colcount", visibleColumns.length + 1);
    this.#measure();
    for (const drawn of this.#rows.values()) drawn.row = visibleRows[drawn.place] ?? drawn.row;
    this.#draw();
    for (const [column, head] of this.#heads) this.#name(head, visibleColumns[column]);
    for (const drawn of this.#rows.values()) {
      this.#label(drawn);
      for (const [column, cell] of drawn.cells) this.#paint(cell, drawn.row, visibleColumns[column]);
    }
    if (hadFocus) this.#at(this.#active)?.focus({ preventScroll: true });
  }

  /** Draws cells of one artifact again, where they can be seen, and shows for a moment that they changed. */
  repaint(row, columns) {
    const drawn = [...this.#rows.values()].find((one) => one.row === row);
    if (!drawn) return;
    this.#label(drawn);
    for (const column of columns) {
      const place = this.model.visibleColumns.findIndex((project) => project.column === column);
      const cell = drawn.cells.get(place);
      if (!cell) continue;
      this.#paint(cell, row, this.model.visibleColumns[place]);
      cell.classList.remove("changed");
      requestAnimationFrame(() => cell.classList.add("changed"));
    }
  }

  /** Gives the focus back to the cell that had it last. */
  focus() {
    this.#go(this.#active);
  }

  #measure() {
    const style = getComputedStyle(this.view);
    const pixels = (name) => Number.parseFloat(style.getPropertyValue(name));
    this.size = { row: pixels("--row"), column: pixels("--column"), label: pixels("--label"), head: pixels("--head") };
    const { visibleRows, visibleColumns } = this.model;
    this.canvas.style.height = `${this.size.head + visibleRows.length * this.size.row}px`;
    this.canvas.style.width = `${this.size.label + visibleColumns.length * this.size.column}px`;
  }

  #soon() {
    // Before the first reading there is nothing to draw.
    if (!this.size) return;
    this.#drawing ||= requestAnimationFrame(() => {
      this.#drawing = 0;
      const before = this.size.label;
      this.#measure();
      // Another width of the screen has other sizes.
      if (this.size.label !== before) this.#clear();
      this.#draw();
    });
  }

  #clear() {
    for (const row of this.#rows.values()) row.element.remove();
    for (const head of this.#heads.values()) head.remove();
    this.#rows.clear();
    this.#heads.clear();
    this.#window = "";
  }

  #draw() {
    const { visibleRows, visibleColumns } = this.model;
    const rows = range(this.view.scrollTop, this.view.clientHeight - this.size.head, this.size.row, visibleRows.length);
    const columns = range(this.view.scrollLeft, this.view.clientWidth - this.size.label, this.size.column, visibleColumns.length);
    const seen = `${rows} ${columns} ${this.#active.row} ${this.#active.column}`;
    if (seen === this.#window) return;
    this.#window = seen;
    const wantedRows = places(rows, this.#active.row);
    const wantedColumns = places(columns, this.#active.column);
    keep(this.#heads, wantedColumns, (head) => head.remove(), (place) => this.#makeHead(place));
    keep(this.#rows, wantedRows, (row) => row.element.remove(), (place) => this.#makeRow(place));
    for (const drawn of this.#rows.values()) {
      keep(drawn.cells, wantedColumns, (cell) => cell.remove(), (place) => this.#makeCell(drawn, place));
    }
    for (const one of this.view.querySelectorAll('[tabindex="0"]')) one.tabIndex = -1;
    const active = this.#at(this.#active);
    if (active) active.tabIndex = 0;
  }

  #makeHead(column) {
    const name = element("span", {}, element("bdi", {}));
    const head = element("div", { role: "columnheader", class: "project", "aria-colindex": column + 2, tabindex: -1 }, name);
    this.#name(head, this.model.visibleColumns[column]);
    head.style.left = this.#left(column);
    head.place = { row: NAMES, column };
    this.head.append(head);
    return head;
  }

  #name(head, project) {
    if (head.shown === project) return;
    head.shown = project;
    head.title = plain(project.path);
    head.querySelector("bdi").textContent = plain(project.name);
  }

  #makeRow(place) {
    const row = this.model.visibleRows[place];
    const label = element("div", { role: "rowheader", class: "label", "aria-colindex": 1, tabindex: -1 });
    label.place = { row: place, column: NAMES };
    const made = element("div", { role: "row", class: "row", "aria-rowindex": place + 2 }, label);
    made.style.top = `${this.size.head + place * this.size.row}px`;
    const drawn = { row, place, element: made, label, cells: new Map() };
    this.#label(drawn);
    this.canvas.append(made);
    return drawn;
  }

  #label({ row, label }) {
    const shown = `${row.artifact} ${row.worst} ${row.total} ${row.modified}`;
    if (label.shown === shown) return;
    label.shown = shown;
    label.className = `label ${row.worst ?? "nowhere"}`;
    label.title = plain(row.artifact);
    label.replaceChildren(
      element("span", { class: "kind" }, plain(row.kind)),
      " ",
      element("bdi", { class: "name" }, plain(row.name)),
      " ",
      element("span", { class: "total" }, `${row.total}`, element("span", { class: "said" }, row.total === 1 ? " project" : " projects")),
      " ",
      element("span", { class: "edited" }, row.modified ? `${row.modified}` : "", row.modified ? element("span", { class: "said" }, " modified") : null),
    );
  }

  #makeCell(drawn, column) {
    const cell = element("div", { role: "gridcell", "aria-colindex": column + 2, tabindex: -1 });
    cell.style.left = this.#left(column);
    cell.place = { row: drawn.place, column };
    this.#paint(cell, drawn.row, this.model.visibleColumns[column]);
    drawn.element.append(cell);
    return cell;
  }

  #paint(cell, row, project) {
    const state = this.model.state(row, project.column);
    const label = `${plain(row.name)} in ${plain(project.name)}: ${state ?? "not deployed"}`;
    if (cell.shown === label) return;
    cell.shown = label;
    cell.className = `cell ${state ?? "nowhere"}`;
    cell.textContent = state ? (SIGNS[state] ?? "·") : "";
    cell.setAttribute("aria-label", label);
  }

  #left(column) {
    return `${this.size.label + column * this.size.column}px`;
  }

  #at({ row, column }) {
    if (row === NAMES) return column === NAMES ? this.corner : this.#heads.get(column);
    const drawn = this.#rows.get(row);
    return column === NAMES ? drawn?.label : drawn?.cells.get(column);
  }

  #go({ row, column }) {
    const { visibleRows, visibleColumns } = this.model;
    const last = { row: visibleRows.length - 1, column: visibleColumns.length - 1 };
    this.#active = {
      row: Math.min(Math.max(row, NAMES), last.row),
      column: Math.min(Math.max(column, NAMES), last.column),
    };
    this.#show();
    this.#draw();
    this.#at(this.#active)?.focus({ preventScroll: true });
  }

  /** Scrolls so that the cell with the focus lies beside the names and not below them. */
  #show() {
    const { row, column } = this.#active;
    const into = (place, size, seen, scrolled) =>
      Math.min(place * size, Math.max(scrolled, (place + 1) * size - seen));
    if (row >= 0) {
      this.view.scrollTop = into(row, this.size.row, this.view.clientHeight - this.size.head, this.view.scrollTop);
    }
    if (column >= 0) {
      this.view.scrollLeft = into(column, this.size.column, this.view.clientWidth - this.size.label, this.view.scrollLeft);
    }
  }

  #focused(event) {
    const place = event.target.closest("[tabindex]")?.place;
    if (!place || (place.row === this.#active.row && place.column === this.#active.column)) return;
    this.#active = { ...place };
    this.#draw();
  }

  #chosen(event) {
    const place = event.target.closest("[aria-colindex]")?.place;
    if (place) this.#choose(place);
  }

  #choose({ row, column }) {
    this.#go({ row, column });
    const project = this.model.visibleColumns[column] ?? null;
    if (row !== NAMES) this.open(this.model.visibleRows[row], project);
    else if (project) this.choose(project);
  }

  #pressed(event) {
    const { row, column } = this.#active;
    const page = Math.max(1, Math.floor((this.view.clientHeight - this.size.head) / this.size.row) - 1);
    const far = Number.MAX_SAFE_INTEGER;
    const steps = {
      ArrowUp: { row: row - 1, column },
      ArrowDown: { row: row + 1, column },
      ArrowLeft: { row, column: column - 1 },
      ArrowRight: { row, column: column + 1 },
      PageUp: { row: Math.max(0, row - page), column },
      PageDown: { row: row + page, column },
      Home: { row: event.ctrlKey ? NAMES : row, column: NAMES },
      End: { row: event.ctrlKey ? far : row, column: far },
    };
    if (event.altKey || event.metaKey || (event.ctrlKey && !["Home", "End"].includes(event.key))) return;
    if (event.key === "Enter" || event.key === " ") this.#choose(this.#active);
    else if (steps[event.key]) this.#go(steps[event.key]);
    else return;
    event.preventDefault();
  }
}

/** Returns the first place that is drawn and the one after the last. */
function range(scrolled, seen, size, all) {
  const down = (place) => Math.floor(place / STEP) * STEP;
  const first = Math.max(0, down(scrolled / size - STEP / 2));
  const end = Math.min(all, down((scrolled + Math.max(seen, 0)) / size + STEP * 1.5));
  return [first, end];
}

function places([first, end], active) {
  const wanted = new Set();
  for (let place = first; place < end; place++) wanted.add(place);
  if (active >= 0) wanted.add(active);
  return wanted;
}

/** Keeps of what is drawn what is wanted, and draws what is missing. */
function keep(drawn, wanted, remove, make) {
  for (const [place, one] of drawn) {
    if (!wanted.has(place)) {
      remove(one);
      drawn.delete(place);
    }
  }
  for (const place of wanted) {
    if (!drawn.has(place)) drawn.set(place, make(place));
  }
}
