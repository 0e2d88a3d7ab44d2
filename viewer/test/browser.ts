// SPDX-License-Identifier: BSD-3-Clause
// Makes report files as the C++ writer does, and opens them in the system's Chromium.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import type { Document } from '../src/document';

const template = readFileSync(new URL('../dist/report.html', import.meta.url), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'neurodyn-report-'));

export function example(): Document {
  return JSON.parse(readFileSync(new URL('../fixtures/example.json', import.meta.url), 'utf8')) as Document;
}

/** The address of a report with this text as its data. */
export function write_report(json: string, name: string): string {
  const path = join(folder, `${name}.html`);
  writeFileSync(path, template.replace('__NEURODYN_REPORT__', () => json.replaceAll('</', '<\\/')));
  return pathToFileURL(path).href;
}

export function launch(more: string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', ...more],
  });
}

export const software_webgl = ['--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'];

export interface Opened {
  page: Page;
  /** Console errors and uncaught exceptions. */
  errors: string[];
  /** Addresses asked for, other than the page and what it makes itself. */
  requests: string[];
}

export async function open(browser: Browser, address: string, options: BrowserContextOptions = {}): Promise<Opened> {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })).newPage();
  const errors: string[] = [], requests: string[] = [];
  page.on('console', (message) => { if (message.type() === 'error') errors.push(message.text()); });
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('request', (request) => {
    if (request.url() !== address && !/^(data|blob):/.test(request.url())) requests.push(request.url());
  });
  await page.goto(address);
  return { page, errors, requests };
}

/** Brings every figure near the screen and waits until each is drawn. */
export async function visit_all(page: Page): Promise<void> {
  for (const figure of await page.locator('figure.figure').all()) {
    await figure.scrollIntoViewIfNeeded();
    const plot = figure.locator('.plot');
    if (await plot.count()) await plot.locator('.main-svg').first().waitFor({ timeout: 20_000 });
  }
}
