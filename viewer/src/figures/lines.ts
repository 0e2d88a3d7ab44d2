// SPDX-License-Identifier: BSD-3-Clause
// Series against x: time series, spectra and sweep curves. Long series are thinned to the screen.
import type { Column } from '../csv';
import type { Curve, Lines, Series } from '../document';
import { envelope, extent, FigureError, numbers, same_length } from '../values';
import {
  axis_layout, base_layout, best_mark, needed_list, points, reference_names, reference_shapes, require_finite, series_colour,
  show_legend, tick_decades, translucent, usual_height, with_unit, type Canvas, type Kind, type Plot,
} from './common';

/** Longer series are thinned: what a screen cannot show costs time and gives the same picture. */
const longest_drawn = 6000;

export const lines: Kind<Lines> = {
  draw: (figure, canvas) => draw_lines(figure, canvas, {}),
  columns: series_columns,
};

export const spectrum: Kind<Lines> = {
  draw: (figure, canvas) => draw_lines(with_log_axes(figure), canvas, {}),
  columns: series_columns,
};

export const curve: Kind<Curve> = {
  draw(figure, canvas) {
    const plot = draw_lines({ ...figure, kind: 'lines' }, canvas, { style: 'both' });
    if (!figure.best) return plot;
    const range = extent(...figure.series.map((s) => points(s, figure.x_values).x))!;
    const mark = best_mark(figure.best, canvas, (range[0] + range[1]) / 2, figure.x.scale === 'log', figure.y.scale === 'log');
    plot.data.push(mark.trace);
    plot.layout.annotations = [...((plot.layout.annotations as object[]) ?? []), mark.annotation];
    return plot;
  },
  columns: series_columns,
};

function with_log_axes(figure: Lines): Lines {
  return { ...figure, x: { scale: 'log', ...figure.x }, y: { scale: 'log', ...figure.y } };
}

function draw_lines(figure: Lines, canvas: Canvas, defaults: { style?: Series['style'] }): Plot {
  const series = needed_list(figure.series, 'series');
  const read = series.map((s) => points(s, figure.x_values));
  require_finite(read.map((p) => p.y), 'the series');
  const lanes = figure.stacked ? lane_heights(read.map((p) => p.y)) : undefined;
  const data = series.flatMap((s, i) => traces_of(s, read[i]!, i, canvas, { ...defaults, lane: lanes && -i * lanes }));
  const height = lanes ? Math.max(usual_height(canvas.width), 70 + 26 * series.length) : usual_height(canvas.width);
  const layout = base_layout(canvas, height);
  layout.xaxis = axis_layout(figure.x, canvas, 'the x axis');
  layout.yaxis = { ...axis_layout(figure.y, canvas, 'the y axis'), ...(lanes ? lane_ticks(series, lanes, figure) : {}) };
  tick_decades(layout.xaxis, ...read.map((p) => p.x));
  tick_decades(layout.yaxis, ...read.map((p) => p.y));
  const beside = [...reference_names(figure.references), ...(figure.spans ?? []).map((span) => span.label)];
  if (beside.length || (series.length > 1 && !lanes)) show_legend(layout, [...(lanes ? [] : series.map((s) => s.name)), ...beside]);
  else layout.showlegend = false;
  layout.shapes = [...span_shapes(figure, canvas), ...reference_shapes(figure.references, canvas.theme)];
  layout.hovermode = series.length <= 8 ? 'x unified' : 'closest';
  return { data, layout, follows_zoom: read.some((p) => p.y.length > longest_drawn) };
}

function traces_of(series: Series, { x, y }: { x: Float64Array; y: Float64Array }, i: number, canvas: Canvas,
                   { style = 'line', lane }: { style?: Series['style']; lane?: number }): object[] {
  const colour = series_colour(series.colour, i, canvas.theme);
  const kept = visible_samples(x, y, canvas);
  const pick = (values: Float64Array) => (kept ? kept.map((k) => values[k]!) : Array.from(values));
  const drawn_y = lane === undefined ? pick(y) : pick(y).map((value) => value + lane);
  const chosen = series.style ?? style;
  const line = {
    type: 'scatter', name: series.name, x: pick(x), y: drawn_y,
    mode: chosen === 'markers' ? 'markers' : chosen === 'both' ? 'lines+markers' : 'lines',
    line: {
      color: colour, width: lane !== undefined || y.length > 2000 ? 1.2 : 2, shape: chosen === 'steps' ? 'hv' : 'linear',
      dash: series.dash ?? (i >= canvas.theme.series.length && !series.colour && lane === undefined ? 'dash' : 'solid'), simplify: true,
    },
    marker: { color: colour, size: 6 },
    connectgaps: false,
    showlegend: lane === undefined,
    ...(lane === undefined ? { hovertemplate: '%{y:.4~g}' } : { customdata: pick(y), hovertemplate: '%{customdata:.4~g}' }),
  };
  if (!series.lower && !series.upper) return [line];
  const lower = numbers(series.lower, `lower of "${series.name}"`);
  const upper = numbers(series.upper, `upper of "${series.name}"`);
  same_length(lower, y.length, `lower of "${series.name}"`);
  same_length(upper, y.length, `upper of "${series.name}"`);
  const edge = { type: 'scatter', mode: 'lines', x: pick(x), line: { width: 0 }, showlegend: false, hoverinfo: 'skip', legendgroup: `s${i}` };
  return [
    { ...edge, y: pick(lower) },
    { ...edge, y: pick(upper), fill: 'tonexty', fillcolor: translucent(colour, 0.2) },
    { ...line, legendgroup: `s${i}` },
  ];
}

/** Which samples draw the part in view; undefined for all of them. Needs ascending x. */
function visible_samples(x: Float64Array, y: Float64Array, canvas: Canvas): number[] | undefined {
  if (y.length <= longest_drawn) return undefined;
  let begin = 0, end = x.length;
  if (canvas.view) {
    // One screen more on each side, so that a drag finds something there.
    const margin = canvas.view[1] - canvas.view[0];
    begin = Math.max(0, first_at_least(x, canvas.view[0] - margin) - 1);
    end = Math.min(x.length, first_at_least(x, canvas.view[1] + margin) + 1);
  }
  return envelope(y, begin, end, Math.min(longest_drawn / 2, Math.max(600, canvas.width * (canvas.view ? 3 : 1.5)) | 0));
}

function first_at_least(sorted: Float64Array, value: number): number {
  let low = 0, high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1; else high = middle;
  }
  return low;
}

/** Distance of two lanes: nine tenths of the widest series' range. */
function lane_heights(all: Float64Array[]): number {
  const widest = Math.max(...all.map((y) => { const e = extent(y); return e ? e[1] - e[0] : 0; }));
  return widest > 0 ? widest * 0.9 : 1;
}

function lane_ticks(series: Series[], lane: number, figure: Lines): object {
  const first = extent(numbers(series[0]!.y, 'y'))!;
  const middle = (first[0] + first[1]) / 2;
  return {
    tickvals: series.map((_, i) => middle - i * lane), ticktext: series.map((s) => s.name), showgrid: false, ticks: '', ticklabelstandoff: 6,
    title: { text: `${with_unit(figure.y)}, lanes ${lane.toPrecision(2)} apart`, standoff: 8 },
  };
}

function span_shapes(figure: Lines, canvas: Canvas): object[] {
  return (figure.spans ?? []).map((span, i) => {
    if (typeof span.from !== 'number' || typeof span.to !== 'number') {
      throw new FigureError(`span "${span.label}" needs the numbers from and to`);
    }
    return {
      type: 'rect', xref: 'x', yref: 'paper', x0: span.from, x1: span.to, y0: 0, y1: 1, layer: 'below', line: { width: 0 },
      fillcolor: translucent(canvas.theme.series[(i + 3) % canvas.theme.series.length]!, 0.13), name: span.label, showlegend: true,
    };
  });
}

function series_columns(figure: Lines | Curve): Column[] {
  const series = needed_list(figure.series, 'series');
  const shared = series.every((s) => s.x === undefined);
  const columns: Column[] = shared ? [{ heading: with_unit(figure.x), cells: numbers(figure.x_values, 'x_values') }] : [];
  for (const s of series) {
    const { x, y } = points(s, figure.x_values);
    if (!shared) columns.push({ heading: `${s.name}: ${with_unit(figure.x)}`, cells: x });
    columns.push({ heading: `${s.name}: ${with_unit(figure.y)}`, cells: y });
    if (s.lower) columns.push({ heading: `${s.name}: lower`, cells: numbers(s.lower, 'lower') });
    if (s.upper) columns.push({ heading: `${s.name}: upper`, cells: numbers(s.upper, 'upper') });
  }
  return columns;
}
