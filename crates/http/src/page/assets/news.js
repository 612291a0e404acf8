// Hearing what has changed, over one stream that is opened anew when it breaks. Not EventSource: that
// cannot send a key.

import { ask } from "./ask.js";

/** The service says something every 15 s; longer than this and it is not there any more. */
const SILENCE = 40_000;
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 10_000;

export class News {
  #last = null;
  #stream = null;
  #pause = FIRST_PAUSE;
  #retry = 0;

  /**
   * `heard(event)` for each piece of news, `state("open" | "closed", error, pause)` when that changes; no pause
   * when it is not tried again, `spoke()` when the service says anything.
   */
  constructor({ heard, state, spoke }) {
    this.heard = heard;
    this.state = state;
    this.spoke = spoke;
    // A tab that was put aside may come back to a connection that is gone.
    addEventListener("online", () => this.now());
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && !this.#stream) this.now();
    });
  }

  /** Goes on after this event. */
  from(id) {
    this.#last = id;
    this.now();
  }

  /** Tries at once. */
  now() {
    clearTimeout(this.#retry);
    this.#stream?.abort();
    this.#read();
  }

  async #read() {
    const stream = (this.#stream = new AbortController());
    let silence = 0;
    const alive = () => {
      clearTimeout(silence);
      silence = setTimeout(() => stream.abort(), SILENCE);
    };
    let failure = null;
    try {
      alive();
      const headers = this.#last ? { "Last-Event-ID": this.#last } : {};
      const response = await ask("/api/v1/events", { headers, signal: stream.signal });
      this.#pause = FIRST_PAUSE;
      this.state("open");
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let text = "";
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        alive();
        this.spoke();
        text += value;
        const events = text.split("\n\n");
        text = events.pop();
        for (const event of events) this.#take(event);
      }
    } catch (error) {
      failure = error;
    } finally {
      clearTimeout(silence);
    }
    // Another one was begun in its place.
    if (this.#stream !== stream) return;
    this.#stream = null;
    if (failure?.wantsKey) return this.state("closed", failure, null);
    const pause = this.#pause * (0.75 + Math.random() / 2);
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
    this.#retry = setTimeout(() => this.now(), pause);
    this.state("closed", failure, pause);
  }

  #take(event) {
    let data = "";
    for (const line of event.split("\n")) {
      if (line.startsWith("id:")) this.#last = line.slice(3).trim();
      else if (line.startsWith("data:")) data += line.slice(5).trim();
    }
    if (data) this.heard(JSON.parse(data));
  }
}
