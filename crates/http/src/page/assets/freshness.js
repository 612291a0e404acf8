// How old is what is shown, and how far it follows the disk. Always in sight.

import { say } from "./announce.js";
import { json } from "./ask.js";
import { element, find } from "./elements.js";
import { plain, span } from "./texts.js";

/** How often the watch is looked at: nobody tells when it breaks down. */
const LOOK = 10_000;

const WORDS = {
  loading: ["Reading", "the projects are being read"],
  live: ["Live", "every change is seen"],
  starting: ["Starting", "watches are being set up; changes may be seen late"],
  degraded: ["Degraded", "not every change is seen at once"],
  off: ["Not watched", "changes are seen when the answer's time is up"],
  disconnected: ["Disconnected", "the service does not answer"],
  refused: ["Locked", "reading takes the key"],
  failed: ["Failed", "there is no answer"],
};

export class Freshness {
  #watching = { state: "loading", gaps: [] };
  #connection = "loading";
  #detail = "";
  #error = null;
  #asOf = null;
  #spoke = null;
  #retryAt = null;
  #shown = "";

  /** `retry(error)` when a person wants to try again after this error. */
  constructor({ retry }) {
    this.retry = retry;
    this.state = element("strong", { id: "watch" });
    this.meaning = element("span", { id: "meaning" });
    this.age = element("span", { id: "age" });
    find("freshness").replaceChildren(element("span", { class: "dot", "aria-hidden": "true" }), this.state, " ", this.meaning, " ", this.age);
    setInterval(() => this.#tell(), 1000);
    setInterval(() => this.look(), LOOK);
    this.#tell();
  }

  /** Something was read that is so old. */
  read(ageSeconds) {
    this.#asOf = Date.now() - ageSeconds * 1000;
    this.#spoke = Date.now();
    this.#tell();
  }

  /** The service was heard. */
  spoke() {
    this.#spoke = Date.now();
  }

  /** The service answers. */
  connected() {
    if (this.#connection === "connected") return;
    this.#connection = "connected";
    this.#retryAt = null;
    this.#spoke = Date.now();
    this.look();
  }

  /** The service is not there, or says no; `pause` until it is asked again, or null when it is not. */
  lost(error, pause) {
    this.#error = error;
    this.#connection = error?.wantsKey ? "refused" : error?.status ? "failed" : "disconnected";
    this.#detail = error?.status ? error.message : "";
    this.#retryAt = pause === null ? null : Date.now() + pause;
    this.#tell();
  }

  /** Asks how far changes are seen. */
  async look() {
    if (this.#connection !== "connected" || document.hidden) return;
    try {
      this.#watching = await json("/api/v1/watch");
    } catch {
      // The stream says that the service is gone.
      return;
    }
    this.#tell();
  }

  /** Whether every change comes by itself; otherwise the milliseconds after which to ask. */
  get askAfter() {
    const { state, bound_seconds: bound } = this.#watching;
    if (state === "live") return 120_000;
    return Math.max(5, bound ?? 30) * 1000;
  }

  #tell() {
    const state = this.#connection === "connected" ? this.#watching.state : this.#connection;
    const [word, meaning] = WORDS[state] ?? [state, ""];
    const now = Date.now();
    if (this.state.textContent !== word) this.state.textContent = word;
    find("freshness").dataset.state = state;
    if (this.meaning.textContent !== meaning) this.meaning.textContent = meaning;
    const parts = [];
    if (this.#asOf !== null) parts.push(`read ${span(now - this.#asOf)} ago`);
    if (this.#spoke !== null) parts.push(`heard ${span(now - this.#spoke)} ago`);
    this.age.textContent = parts.join(" · ");
    this.#banner(state);
    if (state !== this.#shown) {
      if (this.#shown) say(`${word}: ${meaning}.`);
      this.#shown = state;
      document.documentElement.dataset.watch = state;
    }
  }

  #banner(state) {
    const banner = find("banner");
    const away = ["disconnected", "failed", "refused"].includes(state);
    banner.hidden = !(away || state === "degraded");
    const key = JSON.stringify([state, this.#detail, state === "degraded" ? this.#watching.gaps : null]);
    if (banner.dataset.key !== key) {
      banner.dataset.key = key;
      banner.className = `banner ${state}`;
      if (away) banner.replaceChildren(...this.#awayText(state));
      else if (state === "degraded") banner.replaceChildren(...this.#gapsText());
      else banner.replaceChildren();
    }
    const left = find("retry-in");
    if (left && this.#retryAt !== null) {
      left.textContent = `Trying again in ${span(this.#retryAt - Date.now())}`;
    }
  }

  #awayText(state) {
    const why = {
      disconnected: "The service does not answer. What is shown was so when it was last heard; it may have changed since.",
      failed: `The service refuses to answer: ${plain(this.#detail)}.`,
      refused: "The service takes its key for reading, too.",
    }[state];
    return [
      element("p", {}, why, " ", element("span", { id: "retry-in" })),
      element("button", { type: "button", onclick: () => this.retry(this.#error) }, state === "refused" ? "Enter key" : "Try now"),
    ];
  }

  #gapsText() {
    const { gaps, bound_seconds: bound } = this.#watching;
    const within = bound ? ` within ${span(bound * 1000)}` : " when the answer's time is up";
    const item = (gap) =>
      element("li", {}, element("bdi", {}, plain(gap.path)), `: ${plain(gap.reason)}. To mend it: ${plain(gap.fix)}`);
    return [
      element("p", {}, `Not every change is seen at once; the rest is${within}.`),
      element("details", {}, element("summary", {}, "What is not watched"), element("ul", {}, gaps.slice(0, 50).map(item))),
    ];
  }
}
