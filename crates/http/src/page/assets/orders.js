// Deploying, undeploying and bringing back: what it will do is shown first, and done when that is confirmed.

import { say } from "./announce.js";
import { json } from "./ask.js";
import { element } from "./elements.js";
import { withKey } from "./key.js";
import { plain } from "./texts.js";

const kept = "What is there now is kept as a backup and can be brought back.";
const ACTIONS = {
  create: () => ["A copy is made here."],
  replace: () => ["The copy here is replaced by what the collection holds. ", kept],
  move: ({ from }) => ["A copy is made here, and the one at ", element("bdi", {}, plain(from)), " is taken away. ", kept],
  record: () => ["The copy is here already; only its record is written."],
  remove: () => ["The copy here is taken away, with its record. ", kept],
  remove_record: () => ["The record of this copy is taken away; there is no copy."],
  restore: () => ["The backup is put back here. What is there now is kept, too."],
  up_to_date: () => ["Nothing is done: the copy is as it would be afterwards."],
};

const post = (order) => json("/api/v1/orders", { method: "POST", body: order });

/** Shows what an order will do and has it done, under the word for it; returns what was done, or nothing. */
export async function carryOut(order, word) {
  let plan;
  try {
    plan = await withKey(() => planned(order));
  } catch (error) {
    if (!error.wantsKey) await tell(word, [element("p", { class: "fault", role: "alert" }, `It could not be planned: ${plain(error.message)}.`)]);
    return null;
  }
  return confirmed(order, word, plan);
}

/** Asks what would be done; where that would cost an edited copy, what would be done by force. */
async function planned(order) {
  const gentle = await post({ ...order, dry_run: true });
  const held = gentle.items.filter(({ error }) => error === "needs_force");
  if (held.length === 0) return { written: gentle, force: false, held };
  return { written: await post({ ...order, force: true, dry_run: true }), force: true, held };
}

function confirmed(order, word, plan) {
  return new Promise((done) => {
    let result = null;
    const dialog = element("dialog", { "aria-labelledby": "order-title" });
    const close = element("button", { type: "button", onclick: () => dialog.close() }, "Cancel");
    const show = ({ written, force, held }) => {
      const possible = written.items.some(({ outcome, action }) => outcome === "planned" && action !== "up_to_date");
      const fault = element("p", { class: "fault", role: "alert" });
      const saying = force ? `${word} in spite of the edits` : word;
      const go = element("button", { type: "button", class: "first", id: "order-go", onclick: () => carry(force, go, fault) }, saying);
      close.textContent = possible ? "Cancel" : "Close";
      dialog.replaceChildren(
        element("h2", { id: "order-title" }, word),
        ...held.map(({ reason }) => element("p", { class: "warning" }, element("strong", {}, "Careful: "), plain(reason), ".")),
        ...written.items.map(item),
        fault,
        element("div", { class: "tools" }, possible ? go : null, close),
      );
      (possible ? go : close).focus();
    };
    const carry = async (force, go, fault) => {
      go.disabled = true;
      fault.textContent = "";
      try {
        const written = await withKey(() => post({ ...order, force, dry_run: false }));
        if (written.failed === 0) {
          result = written;
          dialog.close();
          return;
        }
        // It is another thing than was planned: somebody was faster.
        const { reason, fix } = written.items.find(({ outcome }) => outcome === "failed");
        show(await planned(order));
        dialog.querySelector(".fault").textContent = `It was not done: ${plain(reason)}. To mend it: ${plain(fix)}.`;
      } catch (error) {
        go.disabled = false;
        const refused = error.status >= 400 && error.status < 500;
        fault.textContent = `${refused ? "It was not done" : "It is not known whether it was done"}: ${plain(error.message)}.`;
      }
    };
    dialog.addEventListener("close", () => {
      dialog.remove();
      if (result) say(`Done: ${word.toLowerCase()}.`);
      done(result);
    });
    document.body.append(dialog);
    dialog.showModal();
    show(plan);
  });
}

/** Says that there is nothing to confirm. */
function tell(word, body) {
  return new Promise((done) => {
    const close = element("button", { type: "button", onclick: () => dialog.close() }, "Close");
    const dialog = element("dialog", { "aria-labelledby": "order-title" }, element("h2", { id: "order-title" }, word), body, element("div", { class: "tools" }, close));
    dialog.addEventListener("close", () => {
      dialog.remove();
      done();
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

function item(one) {
  const { artifact, project_path: project, profile_root: root, path, outcome, action, reason, fix, warnings } = one;
  const where = [project, root, path].filter(Boolean).join("/");
  const text =
    outcome === "failed"
      ? [element("span", { class: "fault" }, `It cannot be done: ${plain(reason)}. To mend it: ${plain(fix)}.`)]
      : outcome === "skipped"
        ? [`Nothing is done: it is ${plain(reason)}.`]
        : (ACTIONS[action] ?? (() => [plain(action)]))(one);
  return element(
    "div",
    { class: "planned" },
    element("p", {}, element("strong", {}, element("bdi", {}, plain(artifact ?? "")))),
    where ? element("p", { class: "path" }, element("bdi", {}, plain(where))) : null,
    element("p", {}, text),
    warnings.map((warning) => element("p", { class: "warning" }, element("bdi", {}, plain(warning.path)), `: ${plain(warning.reason)}`)),
  );
}
