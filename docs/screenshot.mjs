// SPDX-License-Identifier: BSD-3-Clause
// The first screen of a report as a picture: node docs/screenshot.mjs VIEWER_BUILD REPORT PNG
import path from "node:path";
import { pathToFileURL } from "node:url";

const [viewer, report, picture] = process.argv.slice(2);
const playwright = pathToFileURL(path.resolve(viewer, "node_modules/playwright-core/index.mjs"));
const { chromium } = await import(playwright.href);
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const page = await browser.newPage({ viewport: { width: 1180, height: 1240 } });
await page.goto(pathToFileURL(path.resolve(report)).href);
await page.waitForTimeout(2000);
await page.screenshot({ path: picture });
await browser.close();
