// SPDX-License-Identifier: BSD-3-Clause
// Matrices over regions side by side on one colour scale, with the networks as bars along the axes.
import type { Column } from '../csv';
import type { Group, MatrixFigure } from '../document';
import { FigureError, matrix_rows, same_length } from '../values';
import {
  base_layout, colour_bar, colour_scale, group_colour, memberships, needed, needed_list, type Canvas, type Kind, type Plot,
} from './common';

export const matrix: Kind<MatrixFigure> = {
  draw,
  columns,
  controls(figure) {
    const panels = figure.panels?.[0];
    if (!panels || !figure.groups || !figure.group_of) return [];
    if (runs(figure.group_of).length <= figure.groups.length) return [];
    return [{
      name: 'order', label: 'Order of regions', initial: 'given',
      choices: [{ value: 'given', label: 'as in the data' }, { value: 'group', label: 'by network' }],
    }];
  },
};

interface Run { group: number; from: number; to: number }

/** Neighbouring regions of one group. */
function runs(group_of: number[]): Run[] {
  const found: Run[] = [];
  group_of.forEach((group, i) => {
    const last = found[found.length - 1];
    if (last && last.group === group) last.to = i + 1; else found.push({ group, from: i, to: i + 1 });
  });
  return found;
}

function off_diagonal(rows: Float64Array[]): Float64Array {
  if (rows.length !== rows[0]?.length) return Float64Array.from(rows.flatMap((row) => [...row]));
  return Float64Array.from(rows.flatMap((row, i) => [...row].filter((_, j) => j !== i)));
}

function draw(figure: MatrixFigure, canvas: Canvas): Plot {
  const panels = needed_list(figure.panels, 'panels');
  const all = panels.map((panel) => matrix_rows(panel.values, `matrix "${panel.title}"`));
  const rows = all[0]!.length, columns = all[0]![0]?.length ?? 0;
  if (rows === 0 || columns === 0) throw new FigureError('the matrix is empty');
  all.forEach((m, k) => {
    same_length(m, rows, `rows of "${panels[k]!.title}"`);
    same_length(m[0]!, columns, `columns of "${panels[k]!.title}"`);
  });
  const labels = figure.labels ?? Array.from({ length: rows }, (_, i) => String(i));
  const column_labels = figure.column_labels ?? (rows === columns ? labels : Array.from({ length: columns }, (_, i) => String(i)));
  same_length(labels, rows, 'labels');
  same_length(column_labels, columns, 'column labels');
  const group_of = memberships(figure.groups, figure.group_of, rows);
  const order = region_order(group_of, rows, rows === columns && canvas.options.order === 'group');
  const column_order = rows === columns ? order : Array.from({ length: columns }, (_, j) => j);

  const numbered = !figure.labels && !group_of;
  const frame = measure(canvas, panels.length, rows, columns, labels, numbered, figure.groups && group_of ? figure.groups : undefined);
  const scale = colour_scale(figure.colour, all.map(off_diagonal), canvas.theme);
  const layout = base_layout({ ...canvas, width: frame.width }, frame.height);
  Object.assign(layout, { margin: { ...frame.margin, autoexpand: false }, dragmode: 'zoom', showlegend: !!(figure.groups && group_of) });
  layout.legend = { ...(layout.legend as object), xref: 'paper', yref: 'paper', y: -frame.legend_gap / frame.area_height, yanchor: 'top', itemclick: false, itemdoubleclick: false };
  const shapes: object[] = [], annotations: object[] = [], data: object[] = [];

  panels.forEach((panel, k) => {
    const name = k === 0 ? '' : String(k + 1);
    const at = frame.place(k);
    data.push({
      type: 'heatmap', z: order.map((i) => column_order.map((j) => all[k]![i]![j]!)),
      x: Array.from({ length: columns }, (_, j) => j), y: Array.from({ length: rows }, (_, i) => i),
      text: order.map((i) => column_order.map((j) => `${labels[i]} – ${column_labels[j]}`)),
      hovertemplate: `%{text}<br>${figure.colour.label}: %{z:.4~g}<extra></extra>`, hoverongaps: false,
      xaxis: `x${name}`, yaxis: `y${name}`, zmin: scale.cmin, zmax: scale.cmax, colorscale: scale.colorscale, showscale: k === 0,
      ...(k === 0 ? { colorbar: colour_bar(figure.colour, canvas.theme, frame.bar) } : {}),
    });
    const few = frame.size / Math.max(rows, columns) >= 12;
    const axis = {
      showgrid: false, zeroline: false, showline: true, mirror: true, linecolor: canvas.theme.axis, ticks: '',
      constrain: 'domain', tickfont: { size: 11, color: canvas.theme.quiet },
      ...(numbered && !few ? { ticks: 'outside', ticklen: 3, tickcolor: canvas.theme.axis, nticks: 7, tickformat: 'd', tickangle: 0 } : {}),
    };
    layout[`xaxis${name}`] = {
      ...axis, domain: at.x, anchor: `y${name}`, range: [-0.5, columns - 0.5], ...(k ? { matches: 'x' } : {}),
      showticklabels: few || numbered, ...(few ? { tickvals: column_order.map((_, j) => j), ticktext: column_order.map((j) => column_labels[j]), tickangle: -60 } : {}),
      title: few ? undefined : { text: figure.columns ?? figure.rows ?? 'region', standoff: group_of ? 16 : 6, font: { size: 12.5 } },
    };
    layout[`yaxis${name}`] = {
      ...axis, domain: at.y, anchor: `x${name}`, range: [rows - 0.5, -0.5], ...(k ? { matches: 'y' } : {}),
      showticklabels: (few || numbered) && at.column === 0, ...(few ? { tickvals: order.map((_, i) => i), ticktext: order.map((i) => labels[i]) } : {}),
      title: few || group_of || at.column > 0 ? undefined : { text: figure.rows ?? 'region', standoff: 6, font: { size: 12.5 } },
    };
    annotations.push({
      text: needed(panel.title, 'the title of a matrix'), xref: 'paper', yref: 'paper', x: at.x[0], y: at.y[1], xanchor: 'left', yanchor: 'bottom',
      yshift: 4, showarrow: false, font: { size: 13.5, color: canvas.theme.ink },
    });
    if (figure.groups && group_of) {
      const found = runs(order.map((i) => group_of[i]!));
      shapes.push(...bars(found, figure.groups, at, frame, name, canvas, rows === columns));
      if (at.column === 0 && !few) annotations.push(...names(found, figure.groups, at, frame, name, rows, canvas));
    }
  });
  if (figure.groups && group_of) {
    data.push(...figure.groups.map((group, g) => ({
      type: 'scatter', mode: 'markers', x: [null], y: [null], name: group.name, hoverinfo: 'skip',
      marker: { symbol: 'square', size: 11, color: group_colour(figure.groups!, g, canvas.theme) },
    })));
  }
  Object.assign(layout, { shapes, annotations });
  return { data, layout };
}

function region_order(group_of: number[] | undefined, count: number, by_group: boolean): number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  return by_group && group_of ? order.sort((a, b) => group_of[a]! - group_of[b]! || a - b) : order;
}

/** Everything in pixels first: the panels are squares, whatever the width of the page. */
function measure(canvas: Canvas, panels: number, rows: number, columns: number, labels: string[], numbered: boolean, groups?: Group[]) {
  const across = canvas.width >= 600 ? Math.min(panels, 2) : 1;
  const down = Math.ceil(panels / across);
  const gap = groups ? 38 : 26, title = 26;
  const longest = Math.max(...(groups ? groups.map((g) => g.name) : labels).map((l) => l.length));
  // On a phone the legend alone names the groups.
  const narrow = canvas.width < 480;
  const left = narrow && groups ? 30 : Math.min(narrow ? 110 : 150, (numbered ? 40 : 24) + 7 * longest), right = narrow ? 70 : 78;
  const size = Math.floor(Math.min((canvas.width - left - right - gap * (across - 1)) / across, across === 1 ? 460 : 430));
  const few = size / Math.max(rows, columns) >= 12;
  const bottom_axis = few ? 22 + 6 * Math.min(14, longest) : groups ? 44 : numbered ? 48 : 34;
  const panel_height = Math.round(Math.max(60, Math.min(size, (size * rows) / columns)));
  const area_width = across * size + (across - 1) * gap;
  const area_height = down * panel_height + (down - 1) * (bottom_axis + title);
  const per_line = Math.max(1, Math.floor((area_width + right) / 165));
  const legend = groups ? 12 + 22 * Math.ceil(groups.length / per_line) : 0;
  const margin = { l: left, r: right, t: title + 4, b: bottom_axis + legend };
  return {
    size, margin, area_width, area_height, panel_height, legend_gap: bottom_axis,
    width: area_width + left + right,
    height: area_height + margin.t + margin.b,
    bar: { x: 1 + 12 / area_width, xanchor: 'left', y: 1, yanchor: 'top', len: Math.min(panel_height, 300), lenmode: 'pixels', ypad: 0, xpad: 0 },
    place(k: number) {
      const column = k % across, row = Math.floor(k / across);
      const top = row * (panel_height + bottom_axis + title);
      return {
        column,
        x: [(column * (size + gap)) / area_width, (column * (size + gap) + size) / area_width] as [number, number],
        y: [1 - (top + panel_height) / area_height, 1 - top / area_height] as [number, number],
      };
    },
  };
}

type Frame = ReturnType<typeof measure>;
type Place = ReturnType<Frame['place']>;

function bars(found: Run[], groups: Group[], at: Place, frame: Frame, name: string, canvas: Canvas, square: boolean): object[] {
  return found.flatMap(({ group, from, to }) => {
    const rect = { type: 'rect', line: { width: 0 }, fillcolor: group_colour(groups, group, canvas.theme), layer: 'above' };
    const left = {
      ...rect, xref: 'paper', yref: `y${name}`, y0: from - 0.5, y1: to - 0.5,
      x0: at.x[0] - 11 / frame.area_width, x1: at.x[0] - 4 / frame.area_width,
    };
    const below = {
      ...rect, xref: `x${name}`, yref: 'paper', x0: from - 0.5, x1: to - 0.5,
      y0: at.y[0] - 11 / frame.area_height, y1: at.y[0] - 4 / frame.area_height,
    };
    return square ? [left, below] : [left];
  });
}

/** Names beside the bars that are tall enough for them. */
function names(found: Run[], groups: Group[], at: Place, frame: Frame, name: string, rows: number, canvas: Canvas): object[] {
  if (canvas.width < 480) return [];
  return found.filter(({ from, to }) => ((to - from) * frame.panel_height) / rows >= 11).map(({ group, from, to }) => ({
    text: groups[group]!.name, xref: 'paper', x: at.x[0], xshift: -14, xanchor: 'right',
    yref: `y${name}`, y: (from + to - 1) / 2, yanchor: 'middle', showarrow: false, font: { size: 11, color: canvas.theme.quiet },
  }));
}

function columns(figure: MatrixFigure): Column[] {
  const panels = needed_list(figure.panels, 'panels');
  const all = panels.map((panel) => matrix_rows(panel.values, `matrix "${panel.title}"`));
  const rows = all[0]!.length, width = all[0]![0]?.length ?? 0;
  const labels = figure.labels ?? Array.from({ length: rows }, (_, i) => String(i));
  const headings = figure.column_labels ?? (rows === width ? labels : Array.from({ length: width }, (_, j) => String(j)));
  return [
    { heading: 'matrix', cells: all.flatMap((m, k) => m.map(() => panels[k]!.title)) },
    { heading: figure.rows ?? 'row', cells: all.flatMap(() => labels) },
    ...headings.map((heading, j) => ({ heading, cells: all.flatMap((m) => m.map((row) => row[j]!)) })),
  ];
}
