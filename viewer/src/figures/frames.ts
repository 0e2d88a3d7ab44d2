// SPDX-License-Identifier: BSD-3-Clause
// A field in a plane, one picture for each time, chosen by a slider.
import type { Column } from '../csv';
import type { Frames } from '../document';
import { format_number, numbers, same_length } from '../values';
import { axis_layout, base_layout, colour_bar, colour_scale, with_unit, type Kind } from './common';

export const frames: Kind<Frames> = {
  draw(figure, canvas) {
    const { x, y, times, pictures } = read(figure);
    const k = Math.min(pictures.length, Math.max(1, Number(canvas.options.frame ?? 1))) - 1;
    // One scale for all pictures, so that they can be compared.
    const scale = colour_scale(figure.colour, pictures.flat(), canvas.theme);
    const left = 72, right = 90, top = 34, bottom = 54;
    const across = Math.min(canvas.width - left - right, 520);
    const down = Math.min(640, Math.max(60, (across * extent(y)) / extent(x)));
    const layout = base_layout({ ...canvas, width: across + left + right }, down + top + bottom);
    Object.assign(layout, { margin: { l: left, r: right, t: top, b: bottom }, showlegend: false });
    layout.xaxis = { ...axis_layout(figure.x, canvas, 'the x axis'), showgrid: false };
    layout.yaxis = { ...axis_layout(figure.y, canvas, 'the y axis'), showgrid: false };
    layout.annotations = [{
      text: `${figure.time.label} ${format_number(times[k])} ${figure.time.unit ?? ''}`, xref: 'paper', yref: 'paper', x: 0, y: 1, xanchor: 'left',
      yanchor: 'bottom', yshift: 6, showarrow: false, font: { size: 13.5, color: canvas.theme.ink },
    }];
    const data = [{
      type: 'heatmap', z: pictures[k]!.map((row) => Array.from(row)), x: Array.from(x), y: Array.from(y), zmin: scale.cmin, zmax: scale.cmax,
      colorscale: scale.colorscale, hoverongaps: false, colorbar: colour_bar(figure.colour, canvas.theme),
      hovertemplate: `${figure.x.label}: %{x:.4~g}<br>${figure.y.label}: %{y:.4~g}<br>${figure.colour.label}: %{z:.4~g}<extra></extra>`,
    }];
    return { data, layout };
  },
  controls(figure) {
    const count = numbers(figure.times, 'times').length;
    return count > 1 ? [{ name: 'frame', label: 'Picture', initial: String(count), from: 1, to: count, unit: `of ${count}` }] : [];
  },
  columns(figure): Column[] {
    const { x, y, times, pictures } = read(figure);
    const rows = pictures.flatMap((picture, k) => picture.map((row, j) => ({ time: times[k]!, y: y[j]!, row })));
    return [
      { heading: with_unit(figure.time), cells: rows.map((r) => r.time) },
      { heading: with_unit(figure.y), cells: rows.map((r) => r.y) },
      ...Array.from(x, (value, i) => ({ heading: `${figure.x.label} = ${value}`, cells: rows.map((r) => r.row[i]!) })),
    ];
  },
};

function extent(centres: Float64Array): number {
  return centres.length < 2 ? 1 : ((centres[centres.length - 1]! - centres[0]!) * centres.length) / (centres.length - 1);
}

function read(figure: Frames) {
  const x = numbers(figure.x_values, 'x_values'), y = numbers(figure.y_values, 'y_values'), times = numbers(figure.times, 'times');
  const values = numbers(figure.values, 'values');
  same_length(values, x.length * y.length * times.length, 'values');
  const pictures = Array.from(times, (_, k) =>
    Array.from(y, (__, j) => values.subarray((k * y.length + j) * x.length, (k * y.length + j + 1) * x.length)));
  return { x, y, times, pictures };
}
