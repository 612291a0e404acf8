// Trees of projects for the tests: a collection, copies of its artifacts, trackers that tell of them.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const PLACES = { skill: "skills", command: "commands", agent: "agents", hook: "hooks", mcp: "mcp" };

/** Returns the content hash: of a file, or of relative paths and contents in order. */
function contentHash(files) {
  const digest = createHash("sha256");
  const parts = (path) => path.split("/");
  const order = (a, b) => (parts(a) < parts(b) ? -1 : 1);
  for (const path of Object.keys(files).sort(order)) digest.update(path).update(files[path]);
  return digest.digest("hex");
}

function write(path, content) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

/** The text of TOML for a string. */
const quoted = (text) =>
  `"${text.replace(/[\\"\u0000-\u001f\u007f]/g, (one) => `\\u${one.codePointAt(0).toString(16).padStart(4, "0")}`)}"`;

/** An artifact: `type:name` and its files; a single file has the path "". */
export function artifact(id, files) {
  const [kind, name] = [id.slice(0, id.indexOf(":")), id.slice(id.indexOf(":") + 1)];
  // What a name may not be in a path does not keep it from being a name.
  const place = name.replace(/[/\u0000]/g, "_").slice(0, 60);
  return { id, kind, name, files, path: `${PLACES[kind]}/${place}${"" in files ? ".md" : ""}`, hash: contentHash(files) };
}

function record({ name, kind, path, hash }, root) {
  const profile = root === ".claude" ? "claude_code" : root.slice(1);
  const fields = {
    artifact_name: name,
    artifact_type: kind,
    from_collection: "default",
    deployed_at: "2026-01-02T03:04:05",
    artifact_path: path,
    content_hash: hash,
    deployment_profile_id: profile,
    profile_root_dir: root,
    collection_sha: hash,
  };
  return `[[deployed]]\n${Object.entries(fields).map(([key, value]) => `${key} = ${quoted(value)}\n`).join("")}`;
}

/** Writes a project with copies of artifacts into a profile root. */
export function deploy(project, artifacts, root = ".claude") {
  for (const one of artifacts) {
    for (const [path, content] of Object.entries(one.files)) {
      write(join(project, root, one.path, path), content);
    }
  }
  write(join(project, root, ".skillmeat-deployed.toml"), artifacts.map((one) => record(one, root)).join("\n"));
}

/** Writes a collection below a home directory. */
export function collect(home, artifacts) {
  const place = join(home, ".skillmeat/collections/default");
  const entries = artifacts.map(({ name, kind, path, files }) => {
    for (const [file, content] of Object.entries(files)) write(join(place, path, file), content);
    const fields = { name, type: kind, path, origin: "local", added: "2026-01-02T03:04:05" };
    return `\n[[artifacts]]\n${Object.entries(fields).map(([key, value]) => `${key} = ${quoted(value)}\n`).join("")}`;
  });
  write(join(place, "collection.toml"), `[collection]\nname = "default"\n${entries.join("")}`);
}

/** The tree of most tests: five artifacts, one of them deployed nowhere, in four projects. */
export function small(base) {
  const artifacts = [
    artifact("skill:pdf", { "SKILL.md": "# PDF\n\nRead pages.\nWrite pages.\n", "scripts/run.py": "print('pdf')\n" }),
    artifact("skill:canvas", { "SKILL.md": "# Canvas\n\nDraw.\n" }),
    artifact("command:review", { "": "Review the change.\n" }),
    artifact("agent:planner", { "": "Plan the work.\n" }),
    artifact("skill:unused", { "SKILL.md": "# Unused\n" }),
  ];
  const [pdf, canvas, review, planner] = artifacts;
  const root = join(base, "root");
  deploy(join(root, "shop"), [pdf, review]);
  deploy(join(root, "blog"), [pdf, canvas, planner]);
  deploy(join(root, "team/notes"), [review]);
  deploy(join(root, "team/notes"), [canvas], ".agents");
  deploy(join(root, "team/site"), [planner]);
  writeFileSync(join(root, "team/notes/.claude", review.path), "Review it all.\n");
  collect(join(base, "home"), artifacts);
  return root;
}

/** A tree of 500 projects and 300 artifacts: from the testbed where that is, which fewer copies do for. */
export function large(base) {
  const testbed = process.env.TESTBED;
  if (testbed && existsSync(testbed)) {
    const size = ["--projects", "500", "--artifacts", "300", "--deploy-fraction", "0.1", "--files-per-skill", "1"];
    const more = ["--noise-files", "0", "--modified-fraction", "0.15", "--seed", "1"];
    execFileSync("python3", [testbed, join(base, "tree"), ...size, ...more], { stdio: "ignore" });
    return join(base, "tree/root");
  }
  const root = join(base, "root");
  const kinds = Object.keys(PLACES);
  const artifacts = Array.from({ length: 300 }, (_, number) =>
    artifact(`${kinds[number % 5]}:artifact-${number}`, { "": `Artifact ${number}.\n` }),
  );
  for (let project = 0; project < 500; project++) {
    // Spread evenly, the same in every run.
    const held = artifacts.filter((_, number) => (number * 7 + project * 13) % 10 === 0);
    deploy(join(root, `group-${project % 20}/project-${project}`), held);
  }
  return root;
}

export { write };
