// Texts as people read them.

// Control characters, ends of lines, and what changes the direction of writing: shown, not obeyed.
const ACTIVE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Returns a name or path with nothing in it that reorders what stands beside it. */
export const plain = (text) => text.replace(ACTIVE, (one) => `\\u{${one.codePointAt(0).toString(16)}}`);

/** Returns a line of a file in the same way, with its tabs. */
export const visible = (text) => text.split("\t").map(plain).join("\t");

/** Returns the last part of a path. */
export const lastPart = (path) => path.slice(path.lastIndexOf("/") + 1) || path;

/** Returns a span of time in the largest unit that says enough. */
export function span(milliseconds) {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 90) return `${seconds} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3600)} h`;
}

/** Returns a number and its noun. */
export const count = (number, one, many = `${one}s`) => `${number} ${number === 1 ? one : many}`;

/** What stands for a state where there is no room for its name. */
export const SIGNS = {
  synced: "✓",
  outdated: "↑",
  missing: "–",
  unreadable: "?",
  modified: "M",
  conflict: "!",
};
