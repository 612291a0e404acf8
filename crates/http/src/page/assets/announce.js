// What a screen reader is told of what happens elsewhere on the page.

import { find } from "./elements.js";

const GATHERED = 400;
let texts = [];
let timer = 0;

/** Says something soon; what comes meanwhile is said with it. */
export function say(text) {
  if (!texts.includes(text)) texts.push(text);
  timer ||= setTimeout(() => {
    const more = texts.length > 3 ? ` And ${texts.length - 3} more.` : "";
    find("said").textContent = texts.slice(0, 3).join(" ") + more;
    texts = [];
    timer = 0;
  }, GATHERED);
}
