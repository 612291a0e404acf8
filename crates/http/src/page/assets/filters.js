// What is wanted, in the form and behind the `#` of the address, which is never sent anywhere.

import { element, find } from "./elements.js";
import { NOWHERE } from "./model.js";
import { count, plain } from "./texts.js";

const FIELDS = ["name", "kind", "state", "project"];
const field = (name) => find(`filter-${name}`);

export class Filters {
  constructor(model, changed) {
    this.model = model;
    this.changed = changed;
    const form = find("filters");
    form.addEventListener("input", () => this.#take());
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", (event) => {
      event.preventDefault();
      this.set({ name: "", kind: "", state: "", project: "" });
    });
    addEventListener("hashchange", () => this.set(this.#fromAddress()));
    Object.assign(model.wanted, this.#fromAddress());
  }

  /** Wants something else. */
  set(wanted) {
    Object.assign(this.model.wanted, wanted);
    this.offer();
    this.#toAddress();
    this.changed();
  }

  /** Offers the types and states that there are. */
  offer() {
    const { rows, states, wanted } = this.model;
    const offers = {
      kind: [...new Set(rows.map((row) => row.kind))].sort(),
      state: [...states, NOWHERE],
    };
    for (const [name, values] of Object.entries(offers)) {
      const select = field(name);
      if (wanted[name] && !values.includes(wanted[name])) values.push(wanted[name]);
      const all = element("option", { value: "" }, "all");
      select.replaceChildren(all, ...values.map((value) => element("option", { value }, plain(value))));
    }
    for (const name of FIELDS) field(name).value = wanted[name];
    find("filters").hidden = false;
  }

  /** Says how much of all is shown. */
  tell() {
    const { rows, projects, visibleRows, visibleColumns, isFiltered } = this.model;
    const copies = visibleRows.reduce((sum, row) => sum + row.total, 0);
    const modified = visibleRows.reduce((sum, row) => sum + row.modified, 0);
    const of = (shown, all) => (isFiltered && shown !== all ? `${shown} of ${all}` : `${all}`);
    const text =
      `${of(visibleRows.length, rows.length)} artifacts, ${of(visibleColumns.length, projects.length)} projects, ` +
      `${count(copies, "deployment")}, ${modified} modified`;
    if (find("counts").textContent !== text) find("counts").textContent = text;
    find("filter-none").disabled = !isFiltered;
    return text;
  }

  #take() {
    for (const name of FIELDS) this.model.wanted[name] = field(name).value;
    this.#toAddress();
    this.changed();
  }

  #fromAddress() {
    const given = new URLSearchParams(location.hash.slice(1));
    return Object.fromEntries(FIELDS.map((name) => [name, given.get(name) ?? ""]));
  }

  #toAddress() {
    const wanted = Object.entries(this.model.wanted).filter(([, value]) => value !== "");
    const text = new URLSearchParams(wanted).toString();
    history.replaceState(null, "", text ? `#${text}` : location.pathname);
  }
}
