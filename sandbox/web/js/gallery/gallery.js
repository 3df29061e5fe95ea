/* Draws every file of example payloads; each example reports what a click or an entry would send to the app. */

import { Surface } from "../blocks/surface.js";
import { Directory } from "../directory.js";
import { el, fill } from "../dom.js";
import { followTheme, themeSwitch } from "../theme.js";

const PAGES = ["text", "blocks", "tables", "elements", "forms", "cards", "conflicts"];

async function load(name) {
  const answer = await fetch(`/sandbox/web/gallery/${name}.json`);
  if (!answer.ok) throw new Error(`${name}.json: ${answer.status}`);
  return answer.json();
}

function optionsFrom(example) {
  return async (_type, _blockId, actionId, query) => {
    const options = (example.options || {})[actionId] || [];
    return {
      ok: true,
      options: options.filter((option) => option.text.text.toLowerCase().includes(query.toLowerCase())),
    };
  };
}

function drawExample(example, directory) {
  const report = el("div", { class: "example-report", role: "status" });
  const surface = new Surface({
    kind: example.surface || "message",
    directory,
    conversation: "C0GRC",
    loadOptions: optionsFrom(example),
    act: async (action) => {
      report.textContent = JSON.stringify(action);
    },
  });
  surface.draw(example.blocks, { errors: example.errors });
  return el(
    "article",
    { class: "example", data: { example: example.name } },
    el("h3", { class: "example-name" }, example.name),
    el("div", { class: "example-body" }, surface.node),
    report,
  );
}

function drawPage(page, name, directory) {
  const examples = page.examples.map((example) => drawExample(example, directory));
  return el(
    "section",
    { class: "gallery-page", id: name },
    el("h2", {}, page.title),
    el("div", { class: "gallery-grid" }, examples),
  );
}

async function show() {
  followTheme();
  const [directory, ...pages] = await Promise.all([load("directory"), ...PAGES.map(load)]);
  const names = new Directory(directory);
  const root = document.getElementById("gallery");
  fill(
    root,
    el("header", { class: "gallery-head" }, el("h1", {}, "Gallery of blocks and cards"), themeSwitch()),
    el(
      "nav",
      { class: "gallery-nav", "aria-label": "Sections" },
      pages.map((page, index) => el("a", { href: `#${PAGES[index]}` }, page.title)),
    ),
    pages.map((page, index) => drawPage(page, PAGES[index], names)),
  );
  root.setAttribute("aria-busy", "false");
}

show();
