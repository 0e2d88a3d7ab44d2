// SPDX-License-Identifier: BSD-3-Clause
// Clouds of points with a line through them, distributions, and bars.
import type { Column } from '../csv';
import type { Bars, Histogram, Scatter } from '../document';
import { common_edges, count_between, extent, FigureError, fit_line, format_number, numbers, same_length } from '../values';
import {
  axis_layout, base_layout, needed, needed_list, reference_names, reference_shapes, require_finite, series_colour, show_legend,
  tick_decades, translucent, usual_height, with_unit, type Canvas, type Kind, type Plot,
} from './common';

/** More points than this are drawn by the graphics card. */
const most_svg_points = 1500;
/** More distributions than this are outlines alone. */
const most_filled = 4;

function scatter_points(figure: Scatter) {
  return needed_list(figure.series, 'series').map((series) => {
    const x = numbers(series.x, `x of "${series.name}"`), y = numbers(series.y, `y of "${series.name}"`);
    same_length(y, x.length, `y of "${series.name}"`);
    if (series.labels) same_length(series.labels, x.length, `labels of "${series.name}"`);
    return { ...series, x, y };
  });
}

export const scatter: Kind<Scatter> = {
  draw(figure, canvas) {
    const series = scatter_points(figure);
    const x = Float64Array.from(series.flatMap((s) => [...s.x])), y = Float64Array.from(series.flatMap((s) => [...s.y]));
    require_finite([x], 'x');
    require_finite([y], 'y');
    const uses_webgl = canvas.webgl && x.length > most_svg_points;
    const size = x.length > 2000 ? 4 : x.length > 300 ? 5 : 7;
    const data: object[] = series.map((s, i) => ({
      type: uses_webgl ? 'scattergl' : 'scatter', mode: 'markers', name: s.name, x: Array.from(s.x), y: Array.from(s.y),
      text: s.labels, hovertemplate: `${s.labels ? '%{text}<br>' : ''}${figure.x.label}: %{x:.4~g}<br>${figure.y.label}: %{y:.4~g}<extra></extra>`,
      marker: { size, color: series_colour(s.colour, i, canvas.theme), opacity: x.length > 1000 ? 0.4 : 0.75 },
    }));
    const side = Math.min(canvas.width, 620);
    const layout = base_layout({ ...canvas, width: side }, Math.round(Math.max(320, Math.min(480, side * 0.8))));
    layout.xaxis = axis_layout(figure.x, canvas, 'the x axis');
    layout.yaxis = axis_layout(figure.y, canvas, 'the y axis');
    layout.hovermode = 'closest';
    tick_decades(layout.xaxis, x);
    tick_decades(layout.yaxis, y);
    data.push(...line_through(figure, x, y, canvas));
    if (data.length === 1) layout.showlegend = false;
    else show_legend(layout, data.map((trace) => (trace as { name: string }).name));
    return { data, layout, uses_webgl };
  },
  columns(figure) {
    return scatter_points(figure).flatMap((s): Column[] => [
      ...(s.labels ? [{ heading: `${s.name}: label`, cells: s.labels }] : []),
      { heading: `${s.name}: ${with_unit(figure.x)}`, cells: s.x },
      { heading: `${s.name}: ${with_unit(figure.y)}`, cells: s.y },
    ]);
  },
};

function line_through(figure: Scatter, x: Float64Array, y: Float64Array, canvas: Canvas): object[] {
  const kind = figure.line ?? 'regression';
  if (kind === 'none') return [];
  const { slope, intercept, r, n } = fit_line(x, y);
  const along = extent(x)!;
  const at = kind === 'identity' ? along : along.map((value) => intercept + slope * value);
  const correlation = `r = ${format_number(Number((figure.correlation ?? r).toFixed(3)))}, n = ${n}`;
  return [{
    type: 'scatter', mode: 'lines', x: along, y: at, hoverinfo: 'skip',
    name: kind === 'identity' ? `identity; ${correlation}` : `regression, slope ${format_number(Number(slope.toPrecision(3)))}; ${correlation}`,
    line: { color: canvas.theme.ink, width: 2, dash: kind === 'identity' ? 'dash' : 'solid' },
  }];
}

interface Binned { name: string; edges: Float64Array; heights: Float64Array; colour?: string }

function binned(figure: Histogram): Binned[] {
  const series = needed_list(figure.series, 'series');
  const samples = series.map((s) => (s.values === undefined ? undefined : numbers(s.values, `values of "${s.name}"`)));
  const given = samples.filter((s) => s !== undefined);
  const shared = given.length ? common_edges(given, figure.bins, figure.x?.range) : undefined;
  return series.map((s, i) => {
    const edges = samples[i] ? shared! : numbers(s.edges, `edges of "${s.name}"`);
    const counts = samples[i] ? count_between(samples[i]!, edges) : numbers(s.counts, `counts of "${s.name}"`);
    same_length(edges, counts.length + 1, `edges of "${s.name}"`);
    const total = samples[i] ? samples[i]!.reduce((n, x) => n + (Number.isFinite(x) ? 1 : 0), 0) : counts.reduce((sum, c) => sum + c, 0);
    return { name: s.name, colour: s.colour, edges, heights: figure.measure === 'count' ? counts : density(counts, edges, total) };
  });
}

function density(counts: Float64Array, edges: Float64Array, total: number): Float64Array {
  if (!(total > 0)) throw new FigureError('a distribution holds no finite value');
  return counts.map((c, i) => c / (total * (edges[i + 1]! - edges[i]!)));
}

export const histogram: Kind<Histogram> = {
  draw(figure, canvas) {
    const all = binned(figure);
    const data = all.map((b, i) => {
      const colour = series_colour(b.colour, i, canvas.theme);
      // Closed at both ends, so that the outline of every distribution stands on the axis.
      return {
        type: 'scatter', mode: 'lines', name: b.name, ...(all.length > most_filled ? {} : { fill: 'tozeroy', fillcolor: translucent(colour, 0.22) }),
        x: [b.edges[0], ...b.edges], y: [0, ...b.heights, 0], 
        line: { shape: 'hv', color: colour, width: 1.8, dash: i >= canvas.theme.series.length && !b.colour ? 'dash' : 'solid' },
        hovertemplate: '%{x:.4~g}: %{y:.4~g}',
      };
    });
    const layout = base_layout(canvas, usual_height(canvas.width));
    const has_unit = figure.x?.unit && figure.x.unit !== '1';
    const measure = figure.measure === 'count' ? { label: 'count' } : { label: 'density', unit: has_unit ? `per ${figure.x.unit}` : undefined };
    layout.xaxis = axis_layout(figure.x, canvas, 'the x axis');
    layout.yaxis = { ...axis_layout(measure, canvas, 'the y axis'), rangemode: 'tozero' };
    layout.shapes = reference_shapes(figure.references, canvas.theme);
    if (all.length > 1 || figure.references?.length) show_legend(layout, [...all.map((b) => b.name), ...reference_names(figure.references)]);
    else layout.showlegend = false;
    return { data, layout };
  },
  columns(figure) {
    return binned(figure).flatMap((b): Column[] => [
      { heading: `${b.name}: from`, cells: b.edges.slice(0, -1) },
      { heading: `${b.name}: to`, cells: b.edges.slice(1) },
      { heading: `${b.name}: ${figure.measure === 'count' ? 'count' : 'density'}`, cells: b.heights },
    ]);
  },
};

export const bars: Kind<Bars> = {
  draw: draw_bars,
  columns(figure) {
    return [
      { heading: figure.x.label, cells: figure.x.categories },
      ...figure.series.flatMap((s): Column[] => [
        { heading: `${s.name}: ${with_unit(figure.y)}`, cells: numbers(s.values, s.name) },
        ...(s.error ? [{ heading: `${s.name}: error`, cells: numbers(s.error, 'error') }] : []),
      ]),
    ];
  },
};

function draw_bars(figure: Bars, canvas: Canvas): Plot {
  const categories = needed_list(needed(figure.x, 'the x axis').categories, 'categories');
  const series = needed_list(figure.series, 'series');
  const data = series.map((s, i) => {
    const values = numbers(s.values, `values of "${s.name}"`);
    same_length(values, categories.length, `values of "${s.name}"`);
    const error = s.error ? numbers(s.error, `error of "${s.name}"`) : undefined;
    if (error) same_length(error, values.length, `error of "${s.name}"`);
    return {
      type: 'bar', name: s.name, x: categories, y: Array.from(values), marker: { color: series_colour(s.colour, i, canvas.theme) },
      ...(error ? { error_y: { type: 'data', array: Array.from(error), color: canvas.theme.ink, thickness: 1.4, width: 5 } }
                : { text: Array.from(values, (v) => format_number(Number(v.toPrecision(3)))), textposition: 'outside', cliponaxis: false }),
      hovertemplate: '%{x}: %{y:.4~g}<extra></extra>',
    };
  });
  require_finite(data.map((d) => d.y), 'the series');
  const layout = base_layout(canvas, usual_height(canvas.width));
  const most_across = Math.max(220, 130 * categories.length * Math.max(1, series.length * 0.6));
  layout.width = Math.min(canvas.width, most_across + 90);
  layout.xaxis = {
    ...axis_layout({ label: figure.x.label }, canvas, 'the x axis'), type: 'category', nticks: 0,
    tickvals: categories, ticktext: categories.map((c) => wrap(c, 16)), ticks: '', showgrid: false,
  };
  layout.yaxis = { ...axis_layout(figure.y, canvas, 'the y axis'), zeroline: true, zerolinecolor: canvas.theme.axis };
  layout.bargap = 0.45;
  if (series.length > 1 || figure.references?.length) show_legend(layout, [...series.map((s) => s.name), ...reference_names(figure.references)]);
  else layout.showlegend = false;
  layout.shapes = reference_shapes(figure.references, canvas.theme);
  return { data, layout };
}

/** A label in lines of about `most` characters. */
function wrap(text: string, most: number): string {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const last = lines[lines.length - 1]!;
    if (last && last.length + word.length + 1 > most) lines.push(word); else lines[lines.length - 1] = last ? `${last} ${word}` : word;
  }
  return lines.join('<br>');
}
