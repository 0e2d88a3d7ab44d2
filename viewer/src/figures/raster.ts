// SPDX-License-Identifier: BSD-3-Clause
// Events of many nodes over time: a mark for each, populations one above the other.
import type { Column } from '../csv';
import type { Raster } from '../document';
import { numbers, same_length } from '../values';
import {
  axis_layout, base_layout, needed_list, require_finite, series_colour, show_legend, usual_height, with_unit, type Kind,
} from './common';

/** More marks than this are drawn by the graphics card. */
const most_svg_marks = 1500;

interface Rows { name: string; times: Float64Array; rows: Float64Array; nodes: Float64Array; colour?: string; first: number }

/** `first`: where a population's rows begin. The first population is at the top. */
function read(figure: Raster): Rows[] {
  const series = needed_list(figure.series, 'series');
  const all = series.map((s) => {
    const times = numbers(s.times, `times of "${s.name}"`), rows = numbers(s.rows, `rows of "${s.name}"`);
    same_length(rows, times.length, `rows of "${s.name}"`);
    return { name: s.name, times, rows, nodes: numbers(s.nodes, `nodes of "${s.name}"`), colour: s.colour, first: 0 };
  });
  for (let i = all.length - 2; i >= 0; --i) all[i]!.first = all[i + 1]!.first + all[i + 1]!.nodes.length;
  return all;
}

export const raster: Kind<Raster> = {
  draw(figure, canvas) {
    const all = read(figure);
    require_finite(all.map((s) => s.times), 'the series');
    const total = all[0]!.first + all[0]!.nodes.length;
    const marks = all.reduce((sum, s) => sum + s.times.length, 0);
    const uses_webgl = canvas.webgl && marks > most_svg_marks;
    const height = Math.round(usual_height(canvas.width) * (total > 200 ? 1.25 : 1));
    const size = Math.max(2.2, Math.min(6, (height - 90) / total));
    const data = all.map((s, i) => ({
      type: uses_webgl ? 'scattergl' : 'scatter', mode: 'markers', name: s.name, x: Array.from(s.times),
      y: Array.from(s.rows, (row) => s.first + row), customdata: Array.from(s.rows, (row) => s.nodes[row]),
      marker: { size, symbol: size > 3 ? 'line-ns-open' : 'circle', color: series_colour(s.colour, i, canvas.theme) },
      hovertemplate: `${s.name}, ${figure.y.label} %{customdata}<br>%{x:.6~g} ${figure.x.unit ?? ''}<extra></extra>`,
    }));
    const layout = base_layout(canvas, height);
    layout.xaxis = axis_layout(figure.x, canvas, 'the x axis');
    layout.yaxis = {
      ...axis_layout(figure.y, canvas, 'the y axis'), range: [-0.5, total - 0.5], showgrid: false,
      ...(all.length > 1 ? { title: { text: '' }, ticks: '', tickvals: all.map((s) => s.first + s.nodes.length / 2), ticktext: all.map((s) => s.name) } : node_ticks(all[0]!)),
    };
    layout.hovermode = 'closest';
    if (all.length > 1) {
      show_legend(layout, all.map((s) => s.name));
      layout.legend = { ...(layout.legend as object), itemsizing: 'constant' };
    } else layout.showlegend = false;
    return { data, layout, uses_webgl };
  },
  columns(figure) {
    return read(figure).flatMap((s): Column[] => [
      { heading: `${s.name}: ${with_unit(figure.x)}`, cells: s.times },
      { heading: `${s.name}: ${figure.y.label}`, cells: s.rows.map((row) => s.nodes[row]!) },
    ]);
  },
};

/** Numbers of nodes, about six of them. */
function node_ticks(only: Rows): object {
  const step = Math.max(1, Math.round(only.nodes.length / 6));
  const shown = Array.from(only.nodes, (_, i) => i).filter((i) => i % step === 0);
  return { tickvals: shown, ticktext: shown.map((i) => String(only.nodes[i])), nticks: 0 };
}
