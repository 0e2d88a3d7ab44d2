// SPDX-License-Identifier: BSD-3-Clause
// A value over two parameters, or over time and regions.
import type { Column } from '../csv';
import type { Axis, Heatmap } from '../document';
import { format_number, matrix_rows, numbers, same_length } from '../values';
import {
  axis_layout, base_layout, best_mark, colour_bar, colour_scale, tick_decades, usual_height, with_unit, type Kind,
} from './common';

/** More values than this along an axis are a grid in time or frequency, not a sweep. */
const most_swept = 41;

export const heatmap: Kind<Heatmap> = {
  draw(figure, canvas) {
    const { rows, x, y } = read(figure);
    const scale = colour_scale(figure.colour, rows, canvas.theme);
    const data: object[] = [{
      type: 'heatmap', z: rows.map((row) => Array.from(row)), x: borders(x, figure.x), y: figure.y_labels ? undefined : borders(y, figure.y),
      zmin: scale.cmin, zmax: scale.cmax, colorscale: scale.colorscale, hoverongaps: false,
      colorbar: colour_bar(figure.colour, canvas.theme),
      customdata: rows.map((_, i) => Array.from(x, (value) => [value, figure.y_labels?.[i] ?? y[i]])),
      hovertemplate: `${figure.x.label}: %{customdata[0]:.4~g}<br>${figure.y.label}: %{customdata[1]${figure.y_labels ? '' : ':.4~g'}}<br>${figure.colour.label}: %{z:.4~g}<extra></extra>`,
    }];
    const layout = base_layout(canvas, Math.max(usual_height(canvas.width), figure.y_labels ? Math.min(640, 90 + 5 * rows.length) : 0));
    layout.xaxis = { ...axis_layout(figure.x, canvas, 'the x axis'), showgrid: false };
    layout.yaxis = { ...axis_layout(figure.y, canvas, 'the y axis'), showgrid: false, ...label_ticks(figure) };
    tick_decades(layout.xaxis, x);
    if (!figure.y_labels) tick_decades(layout.yaxis, y);
    tick_values(layout.xaxis, x, canvas.width < 480 ? 5 : 11);
    if (!figure.y_labels) tick_values(layout.yaxis, y, 11);
    layout.showlegend = false;
    if (figure.best) {
      const mark = best_mark(figure.best, canvas, (x[0]! + x[x.length - 1]!) / 2, figure.x.scale === 'log', figure.y.scale === 'log');
      data.push(mark.trace);
      layout.annotations = [mark.annotation];
    }
    return { data, layout };
  },
  columns(figure): Column[] {
    const { rows, x, y } = read(figure);
    return [
      { heading: with_unit(figure.y), cells: figure.y_labels ?? y },
      ...Array.from(x, (value, j) => ({ heading: `${figure.x.label} = ${value}`, cells: rows.map((row) => row[j]!) })),
    ];
  },
};

function read(figure: Heatmap) {
  const rows = matrix_rows(figure.values, 'values');
  const x = numbers(figure.x_values, 'x_values');
  const y = figure.y_labels ? Float64Array.from(figure.y_labels, (_, i) => i) : numbers(figure.y_values, 'y_values');
  same_length(rows, y.length, 'rows of values');
  same_length(x, rows[0]?.length ?? 0, 'x_values');
  return { rows, x, y };
}

/** Ticks at the values themselves, where they are few enough to be those of a sweep. */
function tick_values(axis: unknown, values: Float64Array, most: number): void {
  if (values.length > most_swept) return;
  const step = Math.ceil(values.length / most);
  const shown = Array.from(values).filter((_, i) => i % step === 0);
  Object.assign(axis as object, { tickmode: 'array', tickvals: shown, ticktext: shown.map((v) => format_number(Number(v.toPrecision(6)))), minor: {} });
}

/** Borders of the cells around their centres, midway on the axis's own scale. */
export function borders(centres: Float64Array, axis: Axis): number[] {
  const log = axis.scale === 'log';
  const at = log ? centres.map(Math.log) : centres;
  const n = at.length;
  const edge = (i: number) => {
    if (n === 1) return at[0]! + (i - 0.5);
    if (i === 0) return at[0]! - (at[1]! - at[0]!) / 2;
    if (i === n) return at[n - 1]! + (at[n - 1]! - at[n - 2]!) / 2;
    return (at[i - 1]! + at[i]!) / 2;
  };
  return Array.from({ length: n + 1 }, (_, i) => (log ? Math.exp(edge(i)) : edge(i)));
}

/** Row names from the top down; every few of them when there are many. */
function label_ticks(figure: Heatmap): object {
  if (!figure.y_labels) return {};
  const step = Math.ceil(figure.y_labels.length / 25);
  const shown = figure.y_labels.map((_, i) => i).filter((i) => i % step === 0);
  return {
    autorange: 'reversed', tickvals: shown, ticktext: shown.map((i) => figure.y_labels![i]), nticks: 0, tickfont: { size: 10.5 },
  };
}
