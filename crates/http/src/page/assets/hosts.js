// Other machines: a choice of them, and what the chosen one has reported. Of this one the page shows what is on
// disk; of another nobody here knows more than it said last, and when.

import { say } from "./announce.js";
import { Refused, json } from "./ask.js";
import { element, find } from "./elements.js";
import { SIGNS, count, plain, span } from "./texts.js";

/** How often it is asked how they are, which is as often as they report. */
const LOOK = 5_000;

export class Hosts {
  #fleet = { this: "", hosts: [] };
  /** When that was asked. */
  #asked = 0;
  /** Why it is not known; null when it is. */
  #fault = null;
  /** The machine that is shown, by id; empty for this one. */
  #wanted = "";
  /** What it said last of itself, and of its artifacts, when that has come. */
  #host = null;
  #artifacts = null;
  #turn = 0;
  #next = 0;
  #drawn = "";
  #said = "";

  constructor() {
    this.choice = find("host");
    this.choice.addEventListener("change", () => this.#choose());
    this.name = element("h2");
    this.line = element("p", { class: "heard" });
    this.body = element("div");
    const hint = element("p", { class: "hint" }, "Comparing and deploying is possible only on its own service.");
    this.view = element("section", { id: "host-view", "aria-label": "Another machine", hidden: true }, this.name, this.line, hint, this.body);
    find("main").prepend(this.view);
    document.addEventListener("visibilitychange", () => this.#next && this.#look());
    setInterval(() => this.#draw(), 1000);
  }

  /** Begins to ask, unless it is at it. */
  start() {
    if (!this.#next) this.#look();
  }

  #choose() {
    this.#wanted = this.choice.value;
    this.#host = this.#fleet.hosts.find(({ id }) => id === this.#wanted) ?? null;
    this.#artifacts = null;
    this.#said = "";
    if (!this.#wanted) say("This machine is shown.");
    this.#draw();
    this.#look();
  }

  async #look() {
    clearTimeout(this.#next);
    this.#next = setTimeout(() => this.#look(), LOOK);
    if (document.hidden) return;
    const [turn, asked, wanted] = [++this.#turn, Date.now(), this.#wanted];
    // One that hangs is over when it is asked again.
    const signal = AbortSignal.timeout(LOOK);
    try {
      const fleet = await json("/api/v1/fleet", { signal });
      for (const host of fleet.hosts) host.spoke = asked - host.age_seconds * 1000;
      // One that is gone is not asked for.
      const host = fleet.hosts.find(({ id }) => id === wanted);
      const report = host && (await json(`/api/v1/fleet/hosts/${wanted}`, { signal }));
      // Somebody has asked again since.
      if (turn !== this.#turn) return;
      this.#fleet = fleet;
      this.#asked = asked;
      this.#fault = null;
      if (report) [this.#host, this.#artifacts] = [host, report.artifacts];
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (turn !== this.#turn) return;
      this.#fault = error.message;
      if (error.wantsKey) {
        // Whoever reads again with a key begins again.
        clearTimeout(this.#next);
        this.#next = 0;
      }
    }
    this.#draw();
  }

  /** Why nothing is known of others now; null when it is known. */
  get #unknown() {
    return this.#fault ?? (Date.now() - this.#asked > 2 * LOOK ? "the service has not answered" : null);
  }

  /** How long a machine has said nothing. */
  #silence(host) {
    return span(Date.now() - host.spoke);
  }

  #draw() {
    this.#offer();
    this.view.hidden = this.#wanted === "";
    document.documentElement.toggleAttribute("data-elsewhere", this.#wanted !== "");
    if (!this.#host) return;
    const isGone = !this.#fleet.hosts.some(({ id }) => id === this.#wanted);
    const unknown = this.#unknown ?? (isGone ? "nobody has heard of it for long" : null);
    const state = unknown ? "unknown" : this.#host.stale ? "stale" : "current";
    this.view.dataset.state = state;
    this.name.textContent = this.#called(this.#host);
    const line = this.#line(this.#host, unknown);
    if (this.line.textContent !== line) this.line.textContent = line;
    if (this.#artifacts && this.#said !== state) {
      this.#said = state;
      say(`${this.name.textContent}: ${line}`);
    }
    this.#list(state === "current");
  }

  #line(host, unknown) {
    const heard = `last heard of ${this.#silence(host)} ago`;
    const then = "How it is now is not known; what is shown is what it said then.";
    if (unknown) return `Not known: ${plain(unknown)}. It was ${heard}. ${then}`;
    if (host.stale) return `Stale: ${heard}. ${then}`;
    const numbers = [count(host.projects, "project"), count(host.artifacts, "artifact"), `${host.modified} modified`, count(host.problems, "problem")];
    return `Current: ${heard}, watching: ${host.watch}. ${numbers.join(", ")}.`;
  }

  /** Lists the artifacts, if that would show anything else than what is there. */
  #list(isCurrent) {
    const shown = JSON.stringify([isCurrent, this.#host.left_out, this.#artifacts]);
    if (shown === this.#drawn) return;
    this.#drawn = shown;
    this.body.replaceChildren(...(this.#artifacts ? this.#table(isCurrent) : [element("p", {}, "It is being asked for.")]));
  }

  #table(isCurrent) {
    const left = this.#host.left_out;
    const more = left > 0 && element("p", {}, `It has ${count(left, "more artifact")}, and does not report of each.`);
    const heads = ["Type", "Artifact", "Projects", "Modified", "Worst state"].map((head) => element("th", { scope: "col" }, head));
    const rows = this.#artifacts.map((one) => {
      const colon = one.artifact.indexOf(":");
      const worst = isCurrent ? one.worst : "unknown";
      return element(
        "tr",
        {},
        element("td", {}, element("bdi", {}, plain(one.artifact.slice(0, colon)))),
        element("th", { scope: "row" }, element("bdi", {}, plain(one.artifact.slice(colon + 1)))),
        element("td", {}, `${one.total_deployments}`),
        element("td", {}, `${one.modified_deployments}`),
        element("td", {}, worst ? element("span", { class: `state ${worst}` }, `${SIGNS[worst] ?? "·"} ${worst}`) : "not deployed"),
      );
    });
    const caption = element("caption", {}, "Its artifacts, and in how many projects each is deployed");
    const table = element("table", {}, caption, element("thead", {}, element("tr", {}, heads)), element("tbody", {}, rows));
    return [this.#artifacts.length > 0 ? table : element("p", {}, "It has no artifacts."), more].filter(Boolean);
  }

  /** Offers this machine first, then the others by name, each with how it is. */
  #offer() {
    const { hosts } = this.#fleet;
    const own = hosts.find(({ id }) => id === this.#fleet.this);
    const others = hosts.filter((host) => host !== own);
    // One that is gone stays for as long as it is shown.
    if (this.#host && this.#wanted && !others.some(({ id }) => id === this.#wanted)) others.push(this.#host);
    const offers = [["", own ? `this machine · ${this.#called(own)}` : "this machine"], ...others.map((host) => [host.id, this.#offered(host)])];
    const isSame = offers.length === this.choice.options.length && offers.every(([id], place) => this.choice.options[place].value === id);
    if (!isSame) this.choice.replaceChildren(...offers.map(([value]) => element("option", { value })));
    for (const [place, [, text]] of offers.entries()) {
      const option = this.choice.options[place];
      if (option.textContent !== text) option.textContent = text;
    }
    if (this.choice.value !== this.#wanted) this.choice.value = this.#wanted;
  }

  /** The state stands first, where no name can pretend to be one. */
  #offered(host) {
    const stale = () => (host.stale ? `stale, ${this.#silence(host)}` : "current");
    return `${this.#unknown ? "unknown" : stale()} · ${this.#called(host)}`;
  }

  /** Two machines may have one name. */
  #called({ id, name }) {
    const isAlone = this.#fleet.hosts.filter((host) => host.name === name).length < 2;
    return name.trim() && isAlone ? plain(name) : `${plain(name)} (${id.slice(0, 8)})`.trim();
  }
}
