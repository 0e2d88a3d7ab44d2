// SPDX-License-Identifier: BSD-3-Clause
// The built page in Chromium: every figure, both schemes, narrow screens, downloads, malformed data.
import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Figure } from '../src/document';
import { example, launch, open, software_webgl, visit_all, write_report } from './browser';

let browser: Browser;
let flat_browser: Browser;
beforeAll(async () => {
  browser = await launch(software_webgl);
  flat_browser = await launch(['--disable-gpu', '--disable-webgl', '--disable-3d-apis']);
});
afterAll(async () => {
  await browser.close();
  await flat_browser.close();
});

const report = example();
const figures = report.sections.flatMap((section) => section.figures ?? []);
const address = write_report(JSON.stringify(report), 'example');
const html_kinds = ['table', 'text', 'code'];

function report_of(figure: unknown): string {
  return JSON.stringify({ format: 'neurodyn-report', version: 1, title: 'One figure', sections: [{ heading: 'Section', figures: [figure] }] });
}

test('the example has every kind of figure', () => {
  const kinds = ['lines', 'spectrum', 'matrix', 'scatter', 'raster', 'curve', 'heatmap', 'frames', 'surface', 'histogram', 'bars', 'brain', ...html_kinds];
  expect(new Set(figures.map((f) => f.kind))).toEqual(new Set(kinds));
});

test.each([
  ['light and wide', { colorScheme: 'light' as const }],
  ['dark and wide', { colorScheme: 'dark' as const }],
  ['light on a phone', { colorScheme: 'light' as const, viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }],
])('every figure is drawn: %s', async (_, options) => {
  const { page, errors, requests } = await open(browser, address, options);
  await visit_all(page);
  expect(await page.locator('figure.figure').count()).toBe(figures.length);
  expect(await page.locator('.problem').count()).toBe(0);
  expect(await page.locator('.plot').count()).toBe(figures.filter((f) => !html_kinds.includes(f.kind)).length);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  expect(background).toBe(options.colorScheme === 'dark' ? 'rgb(13, 17, 23)' : 'rgb(246, 247, 249)');
  expect(errors).toEqual([]);
  expect(requests).toEqual([]);
  await page.context().close();
});

test('the brain is drawn in space, and in three views without WebGL', async () => {
  const brain = write_report(report_of(figures.find((f) => f.kind === 'brain')), 'brain');
  const space = await open(browser, brain);
  await visit_all(space.page);
  expect(await space.page.locator('.plot canvas').count()).toBeGreaterThan(0);
  await space.page.locator('select').filter({ hasText: 'three views' }).selectOption('flat');
  await space.page.locator('.plot .xy3, .plot .x3y3').first().waitFor({ state: 'attached' });
  expect(space.errors).toEqual([]);
  const flat = await open(flat_browser, brain);
  await visit_all(flat.page);
  expect(await flat.page.locator('.plot canvas').count()).toBe(0);
  expect(await flat.page.locator('.plot .scatterlayer .point').count()).toBe(300);
});

test('the scheme can be chosen, and the plots follow', async () => {
  const { page } = await open(browser, address, { colorScheme: 'light' });
  const plot = page.locator('figure.bars .main-svg').first();
  await plot.waitFor();
  expect(await plot.evaluate((svg) => (svg as SVGElement).style.background)).toContain('rgb(255, 255, 255)');
  await page.getByLabel('Colour scheme').selectOption('dark');
  await page.waitForFunction(() => (document.querySelector('figure.bars .main-svg') as SVGElement).style.background.includes('rgb(22, 27, 34)'));
});

test('a zoom into a long series brings its samples back', async () => {
  const { page } = await open(browser, write_report(report_of(figures.find((f) => f.kind === 'lines')), 'zoom'));
  await visit_all(page);
  const drawn = () => page.evaluate(() => (document.querySelector('.js-plotly-plot') as any).data[0].x.filter((x: number) => x >= 30 && x <= 31).length as number);
  expect(await drawn()).toBeLessThan(200);
  const box = (await page.locator('.nsewdrag').first().boundingBox())!;
  const at = (second: number) => box.x + (box.width * second) / 60;
  await page.mouse.move(at(30), box.y + 40);
  await page.mouse.down();
  await page.mouse.move(at(31.2), box.y + 42, { steps: 5 });
  await page.mouse.up();
  await expect.poll(drawn, { timeout: 10_000 }).toBeGreaterThan(800);
});

test('a log axis of many decades has labels that can be read', async () => {
  const axis = { label: 'power', unit: '1/Hz' };
  const f = Array.from({ length: 200 }, (_, i) => 2 + i);
  const series = [{ name: 's', y: f.map((x) => 1e3 * 10 ** (-27 * (x - 2) / 199)) }];
  const { page } = await open(browser, write_report(report_of({ kind: 'spectrum', title: 'T', x: axis, y: axis, x_values: f, series }), 'decades'));
  await visit_all(page);
  const boxes = await page.locator('.ytick text').evaluateAll((ticks) => ticks.map((tick) => tick.getBoundingClientRect()).map((box) => [box.top, box.bottom] as const));
  boxes.sort((a, b) => a[0] - b[0]);
  expect(boxes.length).toBeGreaterThan(3);
  for (let i = 1; i < boxes.length; i++) expect(boxes[i]![0]).toBeGreaterThan(boxes[i - 1]![1]);
});

test('pictures and data can be taken away', async () => {
  const { page } = await open(browser, address);
  const figure = page.locator('figure.curve');
  await figure.scrollIntoViewIfNeeded();
  await figure.locator('.main-svg').first().waitFor();
  const saved: Record<string, Buffer> = {};
  for (const name of ['SVG', 'PNG', 'CSV']) {
    const [download] = await Promise.all([page.waitForEvent('download'), figure.getByRole('button', { name: new RegExp(name) }).click()]);
    expect(download.suggestedFilename()).toBe(`fit-over-the-global-coupling.${name.toLowerCase()}`);
    saved[name] = readFileSync(await download.path());
  }
  expect(saved.SVG!.toString()).toContain('<svg');
  expect(saved.SVG!.toString()).toContain('global coupling G');
  expect(saved.PNG!.subarray(1, 4).toString()).toBe('PNG');
  expect(saved.CSV!.toString().split('\r\n')[1]).toMatch(/^0,0\.12/);
});

const axis = { label: 'a', unit: 's' };
const malformed: [string, unknown, string][] = [
  ['an unknown kind', { kind: 'pie', title: 'T' }, 'its kind is "pie"'],
  ['no series', { kind: 'lines', title: 'T', x: axis, y: axis }, 'series is missing or empty'],
  ['lengths that differ', { kind: 'lines', title: 'T', x: axis, y: axis, x_values: [1, 2], series: [{ name: 's', y: [1] }] }, '2 entries where 1 are needed'],
  ['nothing finite', { kind: 'curve', title: 'T', x: axis, y: axis, x_values: [1], series: [{ name: 's', y: [null] }] }, 'holds no finite value'],
  ['nothing above zero on a log axis', { kind: 'spectrum', title: 'T', x: axis, y: axis, x_values: [1, 2], series: [{ name: 's', y: [0, -1] }] }, 'values above zero'],
  ['events without nodes', { kind: 'raster', title: 'T', x: axis, y: axis, series: [{ name: 's', times: [1, 2], rows: [0] }] }, 'rows of "s"'],
  ['a ragged matrix', { kind: 'matrix', title: 'T', colour: { label: 'r' }, panels: [{ title: 'm', values: [[1, 2], [3]] }] }, 'row 1: 1 entries'],
  ['a group that does not exist', { kind: 'matrix', title: 'T', colour: { label: 'r' }, groups: [{ name: 'g' }], group_of: [3], panels: [{ title: 'm', values: [[1]] }] }, 'entry 0 is 3'],
  ['an edge to nowhere', { kind: 'brain', title: 'T', regions: { x: [0], y: [0], z: [0] }, edges: { label: 'w', from: [0], to: [5], weights: [1] } }, 'from region 0 to 5'],
  ['a short row', { kind: 'table', title: 'T', columns: [{ label: 'a' }], rows: [{ cells: [] }] }, 'row 0 has 0 cells'],
  ['a missing axis', { kind: 'scatter', title: 'T', y: axis, series: [{ name: 's', x: [1], y: [1] }] }, 'the documented form'],
  ['not an object', null, 'it is not an object'],
];

test.each(malformed)('malformed figure: %s', async (name, figure, message) => {
  const good: Figure = { kind: 'text', title: 'Good', text: 'This one is shown.' };
  const data = JSON.parse(report_of(figure));
  data.sections[0].figures.push(good);
  const { page, errors } = await open(browser, write_report(JSON.stringify(data), `malformed-${name.replaceAll(' ', '-')}`));
  await page.locator('.problem').waitFor();
  expect(await page.locator('.problem').textContent()).toContain(message);
  expect(await page.getByText('This one is shown.').count()).toBe(1);
  expect(errors).toEqual([]);
  await page.context().close();
});

test.each([
  ['not JSON', '{"title": ', 'cannot be read as JSON'],
  ['another document', '{"a": 1}', 'not a neurodyn report'],
  ['a later version', '{"format": "neurodyn-report", "version": 2}', 'have version 2'],
  ['the template itself', '__NEURODYN_REPORT__', 'empty template'],
])('no blank page: %s', async (name, json, message) => {
  const { page } = await open(browser, write_report(json, `whole-${name.replaceAll(' ', '-')}`));
  expect(await page.getByRole('alert').textContent()).toContain(message);
  await page.context().close();
});

test('text of the document never becomes markup', async () => {
  const hostile = '</script><img src=x onerror="window.hit=1"><b>bold</b>';
  const { page, errors } = await open(browser, write_report(report_of({ kind: 'text', title: hostile, text: hostile }), 'hostile'));
  expect(await page.locator('h3').textContent()).toBe(hostile);
  expect(await page.evaluate(() => 'hit' in window)).toBe(false);
  expect(errors).toEqual([]);
});

test('headings, landmarks and names are there for a screen reader', async () => {
  const { page } = await open(browser, address);
  expect(await page.getByRole('main').count()).toBe(1);
  expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1);
  expect(await page.getByRole('navigation', { name: 'Contents' }).getByRole('link').count()).toBe(report.sections.length + 1);
  for (const plot of await page.locator('.plot').all()) expect((await plot.getAttribute('aria-label'))!.length).toBeGreaterThan(20);
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the results');
});
