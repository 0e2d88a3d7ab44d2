// SPDX-License-Identifier: BSD-3-Clause
// Reads the document out of the page and shows it, or says why it cannot.
import './style.css';
import type { Document } from './document';
import { element } from './dom';
import { build_page } from './page';
import type { PlottedFigure } from './plotted';

// Matched by its shape: the marker itself may stand only once in the built page.
const marker = /^__[A-Z_]+__$/;

function read_document(): Document {
  const text = document.getElementById('neurodyn-report')?.textContent?.trim() ?? '';
  if (text === '' || marker.test(text)) {
    throw new Error('This page is the empty template of a report; neurodyn puts a result into it.');
  }
  let report: Document;
  try {
    report = JSON.parse(text) as Document;
  } catch (error) {
    throw new Error(`The data of this report cannot be read as JSON: ${(error as Error).message}.`);
  }
  if (report?.format !== 'neurodyn-report') throw new Error('The data in this page are not a neurodyn report.');
  if (report.version !== 1) {
    throw new Error(`This page reads version 1 of the report document, but the data have version ${String(report.version)}.`);
  }
  return report;
}

function show_failure(message: string): void {
  document.getElementById('report')!.replaceChildren(element('main', { class: 'page', id: 'main' },
    element('div', { class: 'problem', role: 'alert' }, element('strong', {}, 'This report cannot be shown'), element('p', {}, message))));
}

function scheme_switch(plots: PlottedFigure[]): HTMLElement {
  const select = element('select', { 'aria-label': 'Colour scheme' },
    ...[['', 'System colours'], ['light', 'Light'], ['dark', 'Dark']].map(([value, label]) => element('option', { value: value! }, label!)));
  select.addEventListener('change', () => {
    if (select.value) document.documentElement.dataset.scheme = select.value;
    else delete document.documentElement.dataset.scheme;
    plots.forEach((plot) => plot.redraw_if_drawn());
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => plots.forEach((plot) => plot.redraw_if_drawn()));
  return element('div', { class: 'scheme' }, select);
}

/** Marks the section being read in the table of contents. */
function follow_reading(root: HTMLElement): void {
  const links = new Map([...root.querySelectorAll<HTMLAnchorElement>('.contents a')].map((a) => [a.hash.slice(1), a]));
  const observer = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      links.forEach((link) => link.removeAttribute('aria-current'));
      links.get(entry.target.id)?.setAttribute('aria-current', 'true');
    }
  }, { rootMargin: '-20% 0px -70% 0px' });
  root.querySelectorAll('main > section').forEach((section) => observer.observe(section));
}

function show(report: Document): void {
  const { root, plots } = build_page(report);
  document.title = `${report.title || 'Untitled report'} – neurodyn`;
  root.querySelector('.masthead')!.prepend(scheme_switch(plots));
  document.getElementById('report')!.replaceChildren(root);
  if (matchMedia('(max-width: 60rem)').matches) root.querySelector('.contents details')!.removeAttribute('open');
  plots.forEach((plot) => plot.start());
  follow_reading(root);
  window.addEventListener('beforeprint', () => plots.forEach((plot) => void plot.draw_now()));
}

try {
  show(read_document());
} catch (error) {
  show_failure((error as Error).message);
}
