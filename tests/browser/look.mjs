// Opens HTML reports in headless Chromium and prints what a person would meet there, as JSON.
//
//     node look.mjs NODE_MODULES CHROMIUM [--pictures FOLDER] FILE...
//
// One object a file: violations that axe-core finds in light and in dark, requests, messages of the
// console, by how much the page is wider than the window or the paper, what stays folded on paper,
// and what stands above the fold.

import { mkdirSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [modules, executablePath, ...rest] = process.argv.slice(2);
const pictures = rest[0] === "--pictures" ? rest.splice(0, 2)[1] : "";
const require = createRequire(join(resolve(modules), "look.cjs"));
const { chromium } = require("playwright-core");
const axeSource = require("axe-core").source;

const FLAGS = ["--disable-gpu", "--disable-quic", "--no-first-run", "--no-sandbox"];
FLAGS.push("--disable-background-networking", "--disable-component-update", "--disable-sync");
const SIZES = { 1280: { width: 1280, height: 800 }, 375: { width: 375, height: 667 } };
const A4 = 718; // CSS pixels between the margins that Chromium prints with
const SCHEMES = ["light", "dark"];

const violationsOf = async (page) => {
  // The rules run in a world of their own: the page's policy lets no script in.
  const session = await page.context().newCDPSession(page);
  const { frameTree } = await session.send("Page.getFrameTree");
  const { executionContextId } = await session.send("Page.createIsolatedWorld", {
    frameId: frameTree.frame.id,
  });
  const run = `${axeSource}; axe.run(document).then((found) => found.violations.map(
    (v) => [v.id, v.impact, v.nodes.length, v.nodes[0].html.slice(0, 200), v.nodes[0].failureSummary]))`;
  const told = await session.send("Runtime.evaluate", {
    contextId: executionContextId,
    expression: run,
    awaitPromise: true,
    returnByValue: true,
  });
  await session.detach();
  if (told.exceptionDetails) throw new Error(JSON.stringify(told.exceptionDetails));
  return told.result.value;
};

// Evaluated through the protocol, which no policy of the page concerns.
const overflowOf = (page) =>
  page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);

const foldOf = (page) =>
  page.evaluate(() => {
    const told = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const range = document.createRange();
      range.selectNodeContents(node);
      const box = range.getBoundingClientRect();
      const isSeen = box.width > 1 && box.height > 0 && box.top < window.innerHeight;
      const isOpen = node.parentElement.checkVisibility({ contentVisibilityAuto: true });
      if (isSeen && isOpen && box.left < window.innerWidth) told.push(node.textContent.trim());
    }
    return told.filter(Boolean).join(" ").replace(/\s+/g, " ");
  });

const look = async (browser, file) => {
  const told = { file: basename(file), bytes: statSync(file).size, axe: {}, overflow: {}, fold: {} };
  const requests = [];
  const messages = [];
  for (const colorScheme of SCHEMES) {
    const context = await browser.newContext({ colorScheme, viewport: SIZES[1280] });
    const page = await context.newPage();
    page.on("request", (request) => requests.push(request.url()));
    page.on("console", (message) => messages.push(message.text()));
    page.on("pageerror", (error) => messages.push(String(error)));
    await page.goto(pathToFileURL(resolve(file)).href);
    for (const width of Object.keys(SIZES)) {
      await page.setViewportSize(SIZES[width]);
      told.overflow[width] = Math.max(told.overflow[width] ?? 0, await overflowOf(page));
      told.fold[width] ??= await foldOf(page);
      if (pictures) {
        const name = `${basename(file, ".html")}-${width}-${colorScheme}`;
        await page.screenshot({ path: join(pictures, `${name}.png`) });
        await page.screenshot({ path: join(pictures, `${name}-full.png`), fullPage: true });
      }
    }
    // A page of paper, in whichever scheme.
    await page.setViewportSize({ width: A4, height: 1000 });
    await page.emulateMedia({ media: "print", colorScheme });
    told.overflow.print = Math.max(told.overflow.print ?? 0, await overflowOf(page));
    told.folded = await page.evaluate(
      () => [...document.querySelectorAll("details:not(.others, .others *) > :not(summary)")]
        .filter((inside) => !inside.checkVisibility({ contentVisibilityAuto: true })).length);
    await page.emulateMedia({ media: "screen", colorScheme });
    await page.setViewportSize(SIZES[1280]);
    // What is folded is read as well.
    await page.evaluate(() => document.querySelectorAll("details").forEach((d) => (d.open = true)));
    told.axe[colorScheme] = await violationsOf(page);
    await context.close();
  }
  if (pictures) {
    const context = await browser.newContext({ colorScheme: "dark" });
    const page = await context.newPage();
    await page.goto(pathToFileURL(resolve(file)).href);
    await page.pdf({ path: join(pictures, `${basename(file, ".html")}.pdf`), format: "A4" });
    await context.close();
  }
  told.requests = [...new Set(requests)].filter((url) => url !== pathToFileURL(resolve(file)).href);
  told.console = messages;
  return told;
};

if (pictures) mkdirSync(pictures, { recursive: true });
// A folder of its own for the profile comes with `launch`.
const browser = await chromium.launch({ executablePath, args: FLAGS });
try {
  for (const file of rest) console.log(JSON.stringify(await look(browser, file)));
} finally {
  await browser.close();
}
