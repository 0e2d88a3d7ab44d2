// SPDX-License-Identifier: BSD-3-Clause
// Regions at their coordinates: in space where the browser has WebGL, else in three projections.
import type { Column } from '../csv';
import type { Brain } from '../document';
import { extent, FigureError, numbers, same_length } from '../values';
import {
  base_layout, colour_bar, colour_scale, group_colour, memberships, needed, quiet_axis, require_finite, show_legend, translucent, with_unit,
  type Canvas, type Control, type Kind, type Plot,
} from './common';

export const brain: Kind<Brain> = {
  draw(figure, canvas) {
    const scene = read(figure);
    const looks = node_looks(figure, scene, canvas);
    return canvas.webgl && canvas.options.view !== 'flat' ? in_space(figure, scene, looks, canvas) : in_projections(figure, scene, looks, canvas);
  },
  columns,
  controls(figure, webgl): Control[] {
    return [
      ...(webgl ? [{ name: 'view', label: 'View', initial: 'space', choices: [{ value: 'space', label: '3-D' }, { value: 'flat', label: 'three views' }] }] : []),
      ...(figure.value && figure.groups && figure.group_of
        ? [{ name: 'colour', label: 'Colour', initial: 'value', choices: [{ value: 'value', label: figure.value.label }, { value: 'group', label: 'network' }] }] : []),
      ...(figure.edges ? [{ name: 'edges', label: 'Strongest connections', initial: String(edges_kept(figure)), from: 0, to: Math.min(most_edges, figure.edges.from.length), unit: '' }] : []),
    ];
  },
};

interface Scene {
  x: Float64Array; y: Float64Array; z: Float64Array;
  names: string[];
  value?: Float64Array;
  size?: Float64Array;
  group_of?: number[];
  /** Strongest first. */
  edges: { from: number; to: number; weight: number }[];
}

function read(figure: Brain): Scene {
  const regions = needed(figure.regions, 'regions');
  const x = numbers(regions.x, 'x'), y = numbers(regions.y, 'y'), z = numbers(regions.z, 'z');
  [y, z].forEach((values) => same_length(values, x.length, 'coordinates'));
  require_finite([x], 'the coordinates');
  const names = regions.names ?? Array.from(x, (_, i) => `region ${i}`);
  same_length(names, x.length, 'names');
  const value = figure.value && numbers(figure.value.values, figure.value.label);
  const size = figure.size && numbers(figure.size.values, figure.size.label);
  [value, size].forEach((values) => values && same_length(values, x.length, 'values of the regions'));
  return { x, y, z, names, value, size, group_of: memberships(figure.groups, figure.group_of, x.length), edges: read_edges(figure, x.length) };
}

function read_edges(figure: Brain, regions: number): Scene['edges'] {
  if (!figure.edges) return [];
  const { from, to } = figure.edges;
  const weights = numbers(figure.edges.weights, 'edge weights');
  same_length(needed(from, 'edges.from'), weights.length, 'edges.from');
  same_length(needed(to, 'edges.to'), weights.length, 'edges.to');
  const found = Array.from(weights, (weight, i) => ({ from: from[i]!, to: to[i]!, weight }));
  const bad = found.find((e) => ![e.from, e.to].every((r) => Number.isInteger(r) && r >= 0 && r < regions));
  if (bad) throw new FigureError(`an edge goes from region ${bad.from} to ${bad.to}, but there are ${regions} regions`);
  return found.filter((e) => Number.isFinite(e.weight)).sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
}

/** More lines than this hide one another and the regions. */
const most_edges = 1000;

/** How many edges the threshold keeps. */
function edges_kept(figure: Brain): number {
  const weights = numbers(figure.edges!.weights, 'edge weights');
  const threshold = figure.edges!.threshold ?? 0;
  const kept = weights.reduce((n, w) => n + (Math.abs(w) >= threshold ? 1 : 0), 0);
  return Math.min(kept, most_edges);
}

interface Looks { size: number[]; hover: string[]; sets: { name?: string; members: number[]; marker: Record<string, unknown> }[] }

function node_looks(figure: Brain, scene: Scene, canvas: Canvas): Looks {
  const all = Array.from(scene.x, (_, i) => i);
  const sizes = scene.size && extent(scene.size);
  const size = all.map((i) => (scene.size && sizes ? 8 + 14 * ((scene.size[i]! - sizes[0]) / (sizes[1] - sizes[0] || 1)) : 11));
  const hover = all.map((i) => [
    `<b>${scene.names[i]}</b>`,
    ...(scene.group_of ? [figure.groups![scene.group_of[i]!]!.name] : []),
    ...(scene.value ? [`${figure.value!.label}: ${scene.value[i]!.toPrecision(4)} ${figure.value!.unit ?? ''}`] : []),
    ...(scene.size ? [`${figure.size!.label}: ${scene.size[i]!.toPrecision(4)} ${figure.size!.unit ?? ''}`] : []),
  ].join('<br>'));
  const by_group = scene.group_of && (!scene.value || canvas.options.colour === 'group');
  if (by_group) {
    return { size, hover, sets: figure.groups!.map((group, g) => ({
      name: group.name, members: all.filter((i) => scene.group_of![i] === g), marker: { color: group_colour(figure.groups!, g, canvas.theme) },
    })) };
  }
  if (!scene.value) return { size, hover, sets: [{ members: all, marker: { color: canvas.theme.series[0] } }] };
  const scale = colour_scale(figure.value!, [scene.value], canvas.theme);
  const bar = colour_bar(figure.value!, canvas.theme, { len: 0.75, y: 0.5 });
  return { size, hover, sets: [{ members: all, marker: { ...scale, color: Array.from(scene.value), showscale: true, colorbar: bar } }] };
}

/** The edges in a few classes of strength, each one trace, since a trace has one width. */
function edge_classes(figure: Brain, scene: Scene, canvas: Canvas): { weight: number; strength: number; members: Scene['edges'] }[] {
  const shown = scene.edges.slice(0, Number(canvas.options.edges ?? edges_kept(figure)));
  const classes = 4;
  return Array.from({ length: classes }, (_, c) => {
    const members = shown.filter((_, i) => Math.floor((i * classes) / shown.length) === c);
    return { weight: members[0]?.weight ?? 0, strength: 1 - c / classes, members };
  }).filter((c) => c.members.length > 0).reverse();
}

function through(edges: Scene['edges'], values: Float64Array): (number | null)[] {
  return edges.flatMap((e) => [values[e.from]!, values[e.to]!, null]);
}

function pick<T>(values: ArrayLike<T>, members: number[]): T[] {
  return members.map((i) => values[i]!);
}

function in_space(figure: Brain, scene: Scene, looks: Looks, canvas: Canvas): Plot {
  const theme = canvas.theme;
  const links = (figure.edges ? edge_classes(figure, scene, canvas) : []).map((c) => ({
    type: 'scatter3d', mode: 'lines', hoverinfo: 'skip', showlegend: false,
    x: through(c.members, scene.x), y: through(c.members, scene.y), z: through(c.members, scene.z),
    line: { color: translucent(theme.quiet, 0.15 + 0.6 * c.strength), width: 1 + 3.5 * c.strength },
  }));
  const nodes = looks.sets.map((set) => ({
    type: 'scatter3d', mode: 'markers', name: set.name, showlegend: !!set.name, text: pick(looks.hover, set.members), hovertemplate: '%{text}<extra></extra>',
    x: pick(scene.x, set.members), y: pick(scene.y, set.members), z: pick(scene.z, set.members),
    marker: { ...set.marker, size: pick(looks.size, set.members).map((s) => s * 0.8), opacity: 1, line: { color: theme.paper, width: 1 } },
  }));
  const [x, y, z] = [extent(scene.x)!, extent(scene.y)!, extent(scene.z)!];
  const middle = (e: [number, number]) => (e[0] + e[1]) / 2;
  const compass = {
    type: 'scatter3d', mode: 'text', hoverinfo: 'skip', showlegend: false, text: ['left', 'right', 'back', 'front'],
    x: [x[0] - 14, x[1] + 14, middle(x), middle(x)], y: [middle(y), middle(y), y[0] - 14, y[1] + 14], z: [middle(z), middle(z), z[0], z[0]],
    textfont: { color: theme.quiet, size: 12 },
  };
  const side = Math.min(canvas.width, 760);
  const layout = base_layout({ ...canvas, width: side }, Math.round(Math.max(340, side * 0.68)));
  const hidden = { visible: false, showspikes: false };
  layout.margin = { l: 0, r: 0, t: 8, b: 0 };
  layout.scene = {
    xaxis: hidden, yaxis: hidden, zaxis: hidden, aspectmode: 'data', bgcolor: theme.paper, dragmode: 'turntable',
    camera: { eye: { x: -0.72, y: -1.0, z: 0.72 }, center: { x: 0, y: 0, z: -0.06 } }, uirevision: 'kept',
  };
  if (looks.sets.length > 1) {
    show_legend(layout, looks.sets.map((set) => set.name ?? ''));
  } else layout.showlegend = false;
  return { data: [...links, ...nodes, compass], layout, uses_webgl: true };
}

interface Projection { title: string; across: 'x' | 'y'; up: 'y' | 'z'; depth: 'x' | 'y' | 'z'; nearest: 1 | -1; labels: [string, string] }

const projections: Projection[] = [
  { title: 'from above', across: 'x', up: 'y', depth: 'z', nearest: 1, labels: ['x, left to right', 'y, back to front'] },
  { title: 'from the right', across: 'y', up: 'z', depth: 'x', nearest: 1, labels: ['y, back to front', 'z, upwards'] },
  { title: 'from behind', across: 'x', up: 'z', depth: 'y', nearest: -1, labels: ['x, left to right', 'z, upwards'] },
];

function in_projections(figure: Brain, scene: Scene, looks: Looks, canvas: Canvas): Plot {
  const theme = canvas.theme, across = canvas.width >= 640;
  const data: object[] = [], annotations: object[] = [];
  const each = across ? (canvas.width - 190) / 3 : canvas.width - 110;
  const layout = base_layout(canvas, across ? Math.round(Math.max(270, each * 1.25 + 90)) : Math.round(each * 3.1 + 120));
  projections.forEach((view, k) => {
    const name = k === 0 ? '' : String(k + 1);
    const axes = { xaxis: `x${name}`, yaxis: `y${name}` };
    const h = scene[view.across], v = scene[view.up], depth = scene[view.depth];
    const outline = padded_hull(h, v);
    data.push({
      type: 'scatter', mode: 'lines', ...axes, x: outline.map((p) => p[0]), y: outline.map((p) => p[1]), hoverinfo: 'skip', showlegend: false,
      fill: 'toself', fillcolor: translucent(theme.axis, 0.1), line: { color: translucent(theme.axis, 0.45), width: 1, shape: 'spline', smoothing: 1.1 },
    });
    for (const c of figure.edges ? edge_classes(figure, scene, canvas) : []) {
      data.push({
        type: 'scatter', mode: 'lines', ...axes, x: through(c.members, h), y: through(c.members, v), hoverinfo: 'skip', showlegend: false,
        line: { color: translucent(theme.quiet, 0.12 + 0.4 * c.strength), width: 0.6 + 1.4 * c.strength },
      });
    }
    looks.sets.forEach((set) => {
      const order = [...set.members.keys()].sort((a, b) => view.nearest * (depth[set.members[a]!]! - depth[set.members[b]!]!));
      const members = order.map((i) => set.members[i]!);
      const colour = set.marker.color;
      data.push({
        type: 'scatter', mode: 'markers', ...axes, name: set.name, showlegend: !!set.name && k === 0, legendgroup: set.name,
        x: pick(h, members), y: pick(v, members), text: pick(looks.hover, members), hovertemplate: '%{text}<extra></extra>',
        marker: {
          ...set.marker, color: Array.isArray(colour) ? order.map((i) => colour[i]) : colour, showscale: k === 0 && !!set.marker.showscale,
          size: pick(looks.size, members).map((s) => s * (across ? 0.85 : 1)), opacity: 0.95, line: { color: theme.paper, width: 1 },
        },
      });
    });
    const from = across ? k * 0.35 : 0, to = across ? from + 0.3 : 1;
    const low = across ? 0 : (2 - k) * 0.36, high = across ? 0.94 : low + 0.28;
    layout[`xaxis${name}`] = { ...quiet_axis(view.labels[0], canvas), domain: [from, to], anchor: `y${name}` };
    layout[`yaxis${name}`] = { ...quiet_axis(view.labels[1], canvas), domain: [low, high], anchor: `x${name}`, scaleanchor: `x${name}` };
    annotations.push({ text: view.title, xref: 'paper', yref: 'paper', x: (from + to) / 2, y: high, xanchor: 'center', yanchor: 'bottom', showarrow: false, font: { size: 13 } });
  });
  layout.annotations = annotations;
  layout.hovermode = 'closest';
  if (looks.sets.length > 1) show_legend(layout, looks.sets.map((set) => set.name ?? ''));
  else layout.showlegend = false;
  return { data, layout };
}

/** The convex hull of points (monotone chain), drawn out by 9 mm and closed. */
function padded_hull(h: Float64Array, v: Float64Array): [number, number][] {
  const points = Array.from(h, (value, i): [number, number] => [value, v[i]!]).filter((p) => p.every(Number.isFinite)).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const half = (sorted: [number, number][]) => {
    const chain: [number, number][] = [];
    for (const p of sorted) {
      while (chain.length > 1) {
        const [a, b] = [chain[chain.length - 2]!, chain[chain.length - 1]!];
        if ((b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]) > 0) break;
        chain.pop();
      }
      chain.push(p);
    }
    return chain.slice(0, -1);
  };
  const hull = [...half(points), ...half([...points].reverse())];
  const centre = [0, 1].map((c) => hull.reduce((sum, p) => sum + p[c]!, 0) / hull.length);
  const padded = hull.map((p): [number, number] => {
    const d = [p[0] - centre[0]!, p[1] - centre[1]!], length = Math.hypot(d[0]!, d[1]!) || 1;
    return [p[0] + (9 * d[0]!) / length, p[1] + (9 * d[1]!) / length];
  });
  return padded.length ? [...padded, padded[0]!] : [];
}

function columns(figure: Brain): Column[] {
  const scene = read(figure);
  return [
    { heading: 'region', cells: scene.names },
    { heading: 'x (mm)', cells: scene.x }, { heading: 'y (mm)', cells: scene.y }, { heading: 'z (mm)', cells: scene.z },
    ...(scene.value ? [{ heading: with_unit(figure.value!), cells: scene.value }] : []),
    ...(scene.size ? [{ heading: with_unit(figure.size!), cells: scene.size }] : []),
    ...(scene.group_of ? [{ heading: 'network', cells: scene.group_of.map((g) => figure.groups![g]!.name) }] : []),
    ...(figure.edges ? [
      { heading: 'edge from', cells: scene.edges.map((e) => scene.names[e.from]!) },
      { heading: 'edge to', cells: scene.edges.map((e) => scene.names[e.to]!) },
      { heading: with_unit(figure.edges), cells: scene.edges.map((e) => e.weight) },
    ] : []),
  ];
}
