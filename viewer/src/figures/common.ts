// SPDX-License-Identifier: BSD-3-Clause
// What every kind of figure shares: axes, legends, reference lines, and the contract of a kind.
import type { Column } from '../csv';
import type { Axis, Colour, Group, Reference, Series } from '../document';
import { font, type Theme } from '../theme';
import { extent, FigureError, format_number, numbers, same_length } from '../values';

/** What a figure is drawn on. */
export interface Canvas {
  theme: Theme;
  width: number;
  webgl: boolean;
  /** Values of the figure's controls, by name. */
  options: Record<string, string>;
  /** The part of x in view after a zoom; all of it where absent. */
  view?: [number, number];
}

export interface Plot {
  data: object[];
  layout: Record<string, unknown>;
  /** The picture depends on the zoom and is drawn anew after one. */
  follows_zoom?: boolean;
  uses_webgl?: boolean;
}

export type Control =
  | { name: string; label: string; initial: string; choices: { value: string; label: string }[] }
  | { name: string; label: string; initial: string; from: number; to: number; unit: string };

/** One kind of plotted figure. `draw` and `columns` throw FigureError for data that cannot be shown. */
export interface Kind<F> {
  draw(figure: F, canvas: Canvas): Plot;
  columns(figure: F): Column[];
  controls?(figure: F, webgl: boolean): Control[];
}

export function needed<T>(value: T | undefined | null, what: string): T {
  if (value === undefined || value === null) throw new FigureError(`${what} is missing`);
  return value;
}

export function needed_list<T>(value: T[] | undefined, what: string): T[] {
  if (!Array.isArray(value) || value.length === 0) throw new FigureError(`${what} is missing or empty`);
  return value;
}

/** A label with its unit; the unit 1 of a pure number is not printed. */
export function with_unit(quantity: { label: string; unit?: string }): string {
  return quantity.unit && quantity.unit !== '1' ? `${quantity.label} (${quantity.unit})` : quantity.label;
}

/** The x and y of a series as numbers of one length. */
export function points(series: Series, shared_x: unknown): { x: Float64Array; y: Float64Array } {
  const y = numbers(series.y, `y of "${series.name}"`);
  const x = numbers(series.x ?? (shared_x as Series['x']), `x of "${series.name}"`);
  same_length(x, y.length, `x of "${series.name}"`);
  return { x, y };
}

export function require_finite(arrays: ArrayLike<number>[], what: string): void {
  if (!extent(...arrays)) throw new FigureError(`${what} holds no finite value, so there is nothing to draw`);
}

export function base_layout(canvas: Canvas, height: number): Record<string, unknown> {
  const { theme, width } = canvas;
  return {
    width, height,
    autosize: false,
    paper_bgcolor: theme.paper,
    plot_bgcolor: theme.paper,
    font: { ...font, color: theme.ink },
    colorway: theme.series,
    margin: { l: width < 480 ? 58 : 72, r: 16, t: 14, b: 54 },
    hoverlabel: { bgcolor: theme.paper, bordercolor: theme.axis, font: { ...font, color: theme.ink } },
    legend: {
      orientation: 'h', x: 0, xref: 'container', y: 1, yref: 'container', xanchor: 'left', yanchor: 'top',
      bgcolor: 'rgba(0,0,0,0)', font: { size: 12.5 },
    },
    dragmode: 'zoom',
    uirevision: 'kept',
  };
}

/** Makes room above the plot for a legend with these entries: Plotly's own room lags behind a change of width. */
export function show_legend(layout: Record<string, unknown>, names: string[]): void {
  const available = (layout.width as number) - 20;
  let rows = 1, used = 0;
  for (const name of names) {
    const needs = 52 + 7.2 * name.length;
    if (used > 0 && used + needs > available) { ++rows; used = 0; }
    used += needs;
  }
  layout.showlegend = true;
  layout.margin = { ...(layout.margin as object), t: 16 + 21 * rows };
}

/** Names of the reference lines as the legend has them. */
export function reference_names(references: Reference[] | undefined): string[] {
  return (references ?? []).map((reference) => `${reference.label} (${format_number(reference.x ?? reference.y)})`);
}

/** Ticks of a log axis: whole decades, digits between them when the values span few, and as many as fit when they span many. */
export function tick_decades(axis: unknown, ...values: ArrayLike<number>[]): void {
  const target = axis as { type: string; dtick?: unknown; nticks?: number };
  if (target.type !== 'log') return;
  const positive = extent(...values.map((v) => Array.from(v, (value) => (value > 0 ? value : NaN))));
  if (!positive) throw new FigureError('a log axis needs values above zero');
  const decades = Math.log10(positive[1]) - Math.log10(positive[0]);
  if (target.nticks !== undefined && decades > target.nticks) return;
  delete target.nticks;
  target.dtick = decades >= 1.7 ? 1 : 'D2';
}

export function usual_height(width: number): number {
  return Math.round(Math.max(290, Math.min(430, width * 0.46)));
}

export function axis_layout(axis: Axis, canvas: Canvas, what: string): Record<string, unknown> {
  const log = needed(axis, what).scale === 'log';
  const theme = canvas.theme;
  return {
    title: { text: with_unit({ label: needed(axis.label, `the label of ${what}`), unit: axis.unit }), standoff: 8 },
    type: log ? 'log' : 'linear',
    ...(axis.range ? { range: log ? axis.range.map(Math.log10) : axis.range } : {}),
    exponentformat: 'power', minexponent: 3,
    ...(log ? { minor: { ticks: 'outside', ticklen: 2, tickcolor: theme.axis } } : {}),
    gridcolor: theme.grid,
    linecolor: theme.axis,
    zeroline: false,
    showline: true,
    ticks: 'outside', ticklen: 4, tickcolor: theme.axis,
    tickfont: { color: theme.quiet },
    nticks: canvas.width < 480 ? 5 : 9,
    automargin: true,
  };
}

/** The colour scale of a quantity over values; a diverging one is symmetric about zero. */
export function colour_scale(colour: Colour, values: ArrayLike<number>[], theme: Theme):
    { colorscale: [number, string][]; cmin: number; cmax: number } {
  const diverging = needed(colour, 'colour').scale === 'diverging';
  let range = colour.range;
  if (!range) {
    const found = extent(...values);
    if (!found) throw new FigureError(`"${colour.label}" holds no finite value, so there is nothing to draw`);
    const most = Math.max(Math.abs(found[0]), Math.abs(found[1]));
    range = diverging ? [-most, most] : found;
  }
  return { colorscale: diverging ? theme.diverging : theme.sequential, cmin: range[0], cmax: range[1] };
}

export function colour_bar(colour: Colour, theme: Theme, more: object = {}): object {
  return {
    title: { text: with_unit(colour), side: 'right', font: { size: 12.5, color: theme.ink } },
    thickness: 12, outlinewidth: 0, ticks: 'outside', ticklen: 3, tickcolor: theme.axis,
    tickfont: { size: 12, color: theme.quiet }, ...more,
  };
}

const dashes: string[] = ['dash', 'dot', 'dashdot', 'longdash', 'longdashdot'];

/** Reference lines with their entries in the legend, where labels of near lines cannot collide. */
export function reference_shapes(references: Reference[] | undefined, theme: Theme): object[] {
  return (references ?? []).map((reference, i) => {
    const upright = reference.x !== undefined;
    const at = upright ? reference.x : reference.y;
    if (typeof at !== 'number') throw new FigureError(`reference "${reference.label}" needs a number x or y`);
    return {
      type: 'line', layer: 'above',
      ...(upright ? { xref: 'x', yref: 'paper', x0: at, x1: at, y0: 0, y1: 1 }
                  : { xref: 'paper', yref: 'y', x0: 0, x1: 1, y0: at, y1: at }),
      line: { color: theme.quiet, width: 1.6, dash: dashes[i % dashes.length] },
      name: reference_names([reference])[0], showlegend: true,
    };
  });
}

export function series_colour(given: string | undefined, i: number, theme: Theme): string {
  return given ?? theme.series[i % theme.series.length]!;
}

export function group_colour(groups: Group[], i: number, theme: Theme): string {
  return groups[i]?.colour ?? theme.groups[i % theme.groups.length]!;
}

export function translucent(colour: string, alpha: number): string {
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour);
  if (!hex) return colour;
  return `rgba(${hex.slice(1).map((pair) => parseInt(pair, 16)).join(',')},${alpha})`;
}

/** The group index of every region, checked. */
export function memberships(groups: Group[] | undefined, group_of: number[] | undefined, count: number): number[] | undefined {
  if (!groups || !group_of) return undefined;
  same_length(group_of, count, 'group_of');
  const wrong = group_of.findIndex((g) => !Number.isInteger(g) || g < 0 || g >= groups.length);
  if (wrong >= 0) throw new FigureError(`group_of: entry ${wrong} is ${group_of[wrong]}, but there are ${groups.length} groups`);
  return group_of;
}

/** A dot that says where the best value lies, with its label beside it. */
export function best_mark(best: { x: number; y: number; label: string }, canvas: Canvas, middle_x: number, log_x = false, log_y = false):
    { trace: object; annotation: object } {
  const theme = canvas.theme;
  const right = best.x <= middle_x;
  return {
    trace: {
      type: 'scatter', mode: 'markers', x: [best.x], y: [best.y], name: best.label, showlegend: false,
      marker: { size: 12, color: theme.paper, line: { color: theme.ink, width: 2.5 } },
      hovertemplate: `${best.label}<extra></extra>`,
    },
    annotation: {
      x: log_x ? Math.log10(best.x) : best.x, y: log_y ? Math.log10(best.y) : best.y, text: best.label,
      showarrow: true, arrowhead: 0, arrowwidth: 1.2, arrowcolor: theme.ink, standoff: 8,
      ax: right ? 34 : -34, ay: -30, xanchor: right ? 'left' : 'right',
      bgcolor: translucent(theme.paper, 0.88), borderpad: 3, font: { color: theme.ink, size: 13 },
    },
  };
}

/** A place along one axis of a picture of the brain. */
export function quiet_axis(label: string, canvas: Canvas): object {
  return {
    title: { text: `${label} (mm)`, font: { size: 12, color: canvas.theme.quiet }, standoff: 4 }, showgrid: false, zeroline: false,
    tickfont: { size: 11, color: canvas.theme.quiet }, nticks: 5, ticks: 'outside', ticklen: 3, tickcolor: canvas.theme.axis, automargin: true,
  };
}
