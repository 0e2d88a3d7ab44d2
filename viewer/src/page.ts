// SPDX-License-Identifier: BSD-3-Clause
// The page from the document: header, summary, table of contents, sections, provenance.
import { csv_text } from './csv';
import type { Code, Document, Figure, Provenance, Section, SummaryItem, Table, Text, Verdict } from './document';
import { code_nodes, download, element, inline_text, paragraphs, slug } from './dom';
import { kinds } from './figures/kinds';
import { needed_list, with_unit } from './figures/common';
import { error_box, message_of, PlottedFigure } from './plotted';
import { FigureError, format_number } from './values';

export interface Page {
  root: HTMLElement;
  plots: PlottedFigure[];
}

const verdict_words: Record<Verdict, string> = { pass: '✓ pass', fail: '✗ fail', warn: '! check' };

function verdict_mark(verdict: Verdict | undefined): HTMLElement | undefined {
  const word = verdict && verdict_words[verdict];
  return word ? element('span', { class: `verdict ${verdict}` }, word) : undefined;
}

export function build_page(report: Document): Page {
  const plots: PlottedFigure[] = [];
  const ids = new Set<string>();
  const sections = Array.isArray(report.sections) ? report.sections : [];
  const made = sections.map((section) => build_section(section, plots, ids));
  if (made.length === 0) made.push({ id: 'empty', heading: 'Nothing to show', root: element('section', { id: 'empty' }, element('h2', {}, 'Nothing to show'), element('p', {}, 'This report has no sections.')) });
  if (report.provenance) made.push(build_provenance(report.provenance));
  const contents = element('nav', { class: 'contents', 'aria-label': 'Contents' },
    element('details', { open: '' }, element('summary', {}, 'Contents'),
      element('ol', {}, ...made.map(({ id, heading }) => element('li', {}, element('a', { href: `#${id}` }, heading))))));
  const header = element('header', { class: 'masthead' },
    element('p', { class: 'origin' }, 'neurodyn report'),
    element('h1', {}, report.title || 'Untitled report'),
    report.subtitle ? element('p', { class: 'subtitle' }, ...inline_text(report.subtitle)) : undefined,
    Array.isArray(report.summary) && report.summary.length ? build_summary(report.summary) : undefined);
  const root = element('div', { class: 'page' }, header,
    element('div', { class: 'columns' }, contents, element('main', { id: 'main' }, ...made.map((m) => m.root))));
  return { root, plots };
}

function build_summary(items: SummaryItem[]): HTMLElement {
  return element('dl', { class: 'summary' }, ...items.map((item) => element('div', { class: 'tile' },
    element('dt', {}, item.label ?? ''),
    element('dd', {}, element('span', { class: 'value' }, format_number(item.value)),
      item.unit ? element('span', { class: 'unit' }, ` ${item.unit}`) : undefined,
      item.verdict ? ' ' : undefined, verdict_mark(item.verdict),
      item.note ? element('span', { class: 'note' }, ...inline_text(item.note)) : undefined))));
}

function unique_id(text: string, ids: Set<string>): string {
  const base = slug(text);
  let id = base;
  for (let n = 2; ids.has(id); ++n) id = `${base}-${n}`;
  ids.add(id);
  return id;
}

function build_section(section: Section, plots: PlottedFigure[], ids: Set<string>) {
  const heading = section.heading || 'Untitled section';
  const id = unique_id(heading, ids);
  const figures = Array.isArray(section.figures) ? section.figures : [];
  const root = element('section', { id, 'aria-labelledby': `${id}-heading` },
    element('h2', { id: `${id}-heading` }, heading),
    ...(section.text ? paragraphs(section.text) : []),
    ...figures.map((figure) => build_figure(figure, plots, ids)));
  return { id, heading, root };
}

function build_figure(figure: Figure, plots: PlottedFigure[], ids: Set<string>): HTMLElement {
  const title = typeof figure?.title === 'string' ? figure.title : 'Untitled figure';
  let body: HTMLElement;
  try {
    if (!figure || typeof figure !== 'object') throw new FigureError('it is not an object');
    body = figure_body({ ...figure, title }, plots);
  } catch (error) {
    body = error_box(title, message_of(error));
  }
  const id = unique_id(title, ids);
  return element('figure', { id, class: `figure ${slug(String(figure?.kind ?? 'unknown'))}` },
    element('h3', {}, title), body,
    figure?.caption ? element('figcaption', {}, ...inline_text(figure.caption)) : undefined);
}

function figure_body(figure: Figure, plots: PlottedFigure[]): HTMLElement {
  if (figure.kind === 'table') return build_table(figure);
  if (figure.kind === 'text') return element('div', { class: 'text' }, ...paragraphs(checked_text((figure as Text).text, 'text')));
  if (figure.kind === 'code') return build_code(figure);
  const kind = Object.hasOwn(kinds, String(figure.kind)) ? kinds[figure.kind] : undefined;
  if (!kind) {
    throw new FigureError(`its kind is "${String((figure as Figure).kind)}"; this page knows ${[...Object.keys(kinds), 'table', 'text', 'code'].join(', ')}`);
  }
  const plotted = new PlottedFigure(figure, kind);
  plots.push(plotted);
  return plotted.root;
}

function checked_text(text: unknown, what: string): string {
  if (typeof text !== 'string') throw new FigureError(`${what} is missing`);
  return text;
}

function build_code(figure: Code): HTMLElement {
  const code = element('pre', { tabindex: '0', 'aria-label': figure.title },
    element('code', {}, ...code_nodes(checked_text(figure.code, 'code'), figure.language ?? 'text')));
  return element('details', figure.folded ? {} : { open: '' }, element('summary', {}, figure.folded ? 'Show' : 'Text'), code);
}

function build_table(table: Table): HTMLElement {
  const columns = needed_list(table.columns, 'columns');
  if (!Array.isArray(table.rows)) throw new FigureError('rows is missing');
  table.rows.forEach((row, i) => {
    if (!Array.isArray(row.cells) || row.cells.length !== columns.length) {
      throw new FigureError(`row ${i} has ${row.cells?.length ?? 'no'} cells where ${columns.length} are needed`);
    }
  });
  const judged = table.rows.some((row) => row.verdict);
  const numeric = columns.map((_, j) => table.rows.length > 0 && table.rows.every((row) => typeof row.cells[j] === 'number' || row.cells[j] === null));
  const cell_class = (j: number): Record<string, string> => (numeric[j] ? { class: 'number' } : {});
  const head = element('tr', {}, ...columns.map((c, j) => element('th', { scope: 'col', ...cell_class(j) }, with_unit(c))),
    judged && element('th', { scope: 'col' }, 'Verdict'));
  const body = table.rows.map((row) => element('tr', {},
    ...row.cells.map((cell, j) => element('td', cell_class(j), ...(typeof cell === 'string' ? inline_text(cell) : [document.createTextNode(format_number(cell))]))),
    judged && element('td', {}, verdict_mark(row.verdict))));
  const save = element('button', { type: 'button', 'aria-label': `Download the data as CSV: ${table.title}` }, 'CSV');
  save.addEventListener('click', () => {
    const cells = columns.map((c, j) => ({ heading: with_unit(c), cells: table.rows.map((row) => row.cells[j]) }));
    if (judged) cells.push({ heading: 'verdict', cells: table.rows.map((row) => row.verdict ?? '') });
    download(`${slug(table.title)}.csv`, `data:text/csv;charset=utf-8,${encodeURIComponent(csv_text(cells))}`);
  });
  return element('div', {}, element('div', { class: 'toolbar' }, element('div'), element('div', { class: 'downloads' }, save)),
    element('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': table.title },
      element('table', {}, element('thead', {}, head), element('tbody', {}, ...body))));
}

function build_provenance(provenance: Provenance) {
  const known: [string, string | number | undefined][] = [
    ['neurodyn', provenance.version], ['Seed', provenance.seed === undefined ? undefined : String(provenance.seed)], ['Machine', provenance.machine], ['Command', provenance.command],
    ['Started', provenance.started], ['Finished', provenance.finished],
    ['Duration', provenance.duration_s === undefined ? undefined : `${format_number(provenance.duration_s)} s`], ['Result file', provenance.result],
  ];
  const other = Array.isArray(provenance.other) ? provenance.other.map((o): [string, string | number] => [o.label, o.value]) : [];
  const monospaced = new Set(['Command', 'Result file']);
  const rows = [...known, ...other].filter(([, value]) => value !== undefined && value !== null && value !== '');
  const root = element('section', { id: 'provenance-of-the-run', class: 'provenance', 'aria-labelledby': 'provenance-heading' },
    element('h2', { id: 'provenance-heading' }, 'Provenance'),
    element('dl', {}, ...rows.map(([label, value]) => element('div', {}, element('dt', {}, label),
      element('dd', {}, monospaced.has(label) ? element('code', {}, String(value)) : format_number(value))))));
  return { id: 'provenance-of-the-run', heading: 'Provenance', root };
}
