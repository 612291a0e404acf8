// Getting the key for writing from the person who has it.

import { say } from "./announce.js";
import { ask, key } from "./ask.js";
import { element, find } from "./elements.js";

/** Shows in the header whether this tab has a key. */
export function tellKey() {
  find("key").textContent = key.get() ? "Forget key" : "Enter key";
}

/** Asks for the key and tries it; returns whether there is one now. */
export function askForKey(why) {
  return new Promise((done) => {
    const input = element("input", { type: "password", id: "key-input", autocomplete: "off", spellcheck: "false", required: true });
    const fault = element("p", { class: "fault", role: "alert" });
    const cancel = element("button", { type: "button", onclick: () => dialog.close() }, "Cancel");
    const form = element(
      "form",
      { method: "dialog" },
      element("h2", { id: "key-title" }, "Key"),
      why ? element("p", {}, why) : null,
      element("p", {}, "It stands in a file that only its owner can read; ", element("code", {}, "skillstat config"), " names it as ", element("code", {}, "key_file"), ", usually ", element("code", {}, "~/.local/state/skillstat/key"), "."),
      element("label", { for: "key-input" }, "Key"),
      input,
      fault,
      element("p", { class: "hint" }, "It stays in this tab until that is closed, and goes to this service only."),
      element("div", { class: "tools" }, element("button", { type: "submit", class: "first" }, "Use key"), cancel),
    );
    const dialog = element("dialog", { "aria-labelledby": "key-title" }, form);
    let good = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      fault.textContent = "";
      try {
        await tried(input.value.trim());
        good = true;
        dialog.close();
      } catch (error) {
        fault.textContent = error.wantsKey ? "This is not the key of this service." : `It could not be tried: ${error.message}.`;
        input.focus();
      }
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      tellKey();
      if (good) say("The key is good.");
      done(good);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** Takes the key that the link was made for, which `serve` shows at a terminal. The code is used up by that. */
export async function enter() {
  const given = new URLSearchParams(location.hash.slice(1));
  const code = given.get("enter");
  if (!code) return;
  // Nobody who looks at the address later, or sends it on, has it.
  history.replaceState(null, "", location.pathname);
  try {
    const response = await ask("/page/key", { headers: { "Skillstat-Code": code }, withKey: null });
    key.set((await response.json()).key);
    say("The key is here.");
  } catch (error) {
    say(`The key did not come: ${error.message}.`);
  }
  tellKey();
}

/** Keeps a key that the service takes. */
async function tried(value) {
  await ask("/api/v1/watch", { withKey: value });
  key.set(value);
}

/** Asks, and if that takes a key, asks for the key and then once more. */
export async function withKey(asking) {
  for (;;) {
    try {
      return await asking();
    } catch (error) {
      if (!error.wantsKey) throw error;
      key.forget();
      tellKey();
      if (!(await askForKey("This takes the key of the service."))) throw error;
    }
  }
}
