// Elements, made from texts. Nothing on the page takes markup from a string: what a project or an
// artifact is called can never become one.

/** Makes an element; `on…` properties listen, others are attributes. What is false or null is left out. */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== false && child !== undefined));
  return made;
}

/** Finds an element that the page always has. */
export const find = (id) => document.getElementById(id);
