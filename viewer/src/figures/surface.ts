// SPDX-License-Identifier: BSD-3-Clause
// A field on a surface of triangles, one picture for each time: in space where the browser has WebGL, else its vertices from two sides.
import type { Column } from '../csv';
import type { Surface } from '../document';
import { extent, FigureError, format_number, numbers, same_length } from '../values';
import { base_layout, colour_bar, colour_scale, needed, quiet_axis, require_finite, with_unit, type Canvas, type Control, type Kind, type Plot } from './common';

export const surface: Kind<Surface> = {
  draw(figure, canvas) {
    const scene = read(figure);
    return canvas.webgl && canvas.options.view !== 'flat' ? in_space(figure, scene, canvas) : from_two_sides(figure, scene, canvas);
  },
  columns(figure): Column[] {
    const { x, y, z, times, pictures } = read(figure);
    return [
      { heading: 'x (mm)', cells: x }, { heading: 'y (mm)', cells: y }, { heading: 'z (mm)', cells: z },
      ...pictures.map((cells, k) => ({ heading: `${with_unit(figure.colour)} at ${format_number(times[k])} ${figure.time.unit ?? ''}`, cells })),
    ];
  },
  controls(figure, webgl): Control[] {
    const count = numbers(figure.times, 'times').length;
    return [
      ...(webgl ? [{ name: 'view', label: 'View', initial: 'space', choices: [{ value: 'space', label: '3-D' }, { value: 'flat', label: 'two views' }] }] : []),
      ...(count > 1 ? [{ name: 'frame', label: 'Picture', initial: String(count), from: 1, to: count, unit: `of ${count}` }] : []),
    ];
  },
};

interface Scene {
  x: Float64Array; y: Float64Array; z: Float64Array;
  corners: [number[], number[], number[]];
  times: Float64Array;
  pictures: Float64Array[];
}

function read(figure: Surface): Scene {
  const { x, y, z } = needed(figure.vertices, 'vertices');
  const at = [numbers(x, 'x'), numbers(y, 'y'), numbers(z, 'z')] as const;
  at.forEach((values) => same_length(values, at[0].length, 'coordinates'));
  require_finite([at[0]], 'the coordinates');
  const triangles = needed(figure.triangles, 'triangles');
  const bad = triangles.find((v) => !Number.isInteger(v) || v < 0 || v >= at[0].length);
  if (bad !== undefined) throw new FigureError(`a triangle has the vertex ${bad}, but there are ${at[0].length} vertices`);
  const times = numbers(figure.times, 'times'), values = numbers(figure.values, 'values');
  same_length(values, at[0].length * times.length, 'values');
  const corner = (k: number) => triangles.filter((_, i) => i % 3 === k);
  return {
    x: at[0], y: at[1], z: at[2], corners: [corner(0), corner(1), corner(2)], times,
    pictures: Array.from(times, (_, k) => values.subarray(k * at[0].length, (k + 1) * at[0].length)),
  };
}

function chosen(scene: Scene, canvas: Canvas): number {
  return Math.min(scene.pictures.length, Math.max(1, Number(canvas.options.frame ?? scene.pictures.length))) - 1;
}

function time_of(figure: Surface, scene: Scene, k: number, canvas: Canvas): object {
  return {
    text: `${figure.time.label} ${format_number(scene.times[k])} ${figure.time.unit ?? ''}`, xref: 'paper', yref: 'paper', x: 0, y: 1, xanchor: 'left',
    yanchor: 'bottom', yshift: 6, showarrow: false, font: { size: 13.5, color: canvas.theme.ink },
  };
}

function in_space(figure: Surface, scene: Scene, canvas: Canvas): Plot {
  const k = chosen(scene, canvas), scale = colour_scale(figure.colour, scene.pictures, canvas.theme);
  const side = Math.min(canvas.width, 620);
  const layout = base_layout({ ...canvas, width: side }, Math.round(Math.max(340, side * 0.8)));
  const axis = (title: string) => ({
    title: { text: `${title} (mm)` }, color: canvas.theme.quiet, gridcolor: canvas.theme.grid, backgroundcolor: canvas.theme.paper, showspikes: false, nticks: 5,
  });
  Object.assign(layout, {
    margin: { l: 0, r: 0, t: 34, b: 0 }, showlegend: false, annotations: [time_of(figure, scene, k, canvas)],
    scene: {
      xaxis: axis('x'), yaxis: axis('y'), zaxis: axis('z'), aspectmode: 'data', bgcolor: canvas.theme.paper, dragmode: 'turntable',
      camera: { eye: { x: -1.35, y: -1.65, z: 0.9 } }, uirevision: 'kept',
    },
  });
  const [i, j, corner] = scene.corners;
  const data = [{
    type: 'mesh3d', x: scene.x, y: scene.y, z: scene.z, i, j, k: corner, intensity: scene.pictures[k], intensitymode: 'vertex',
    colorscale: scale.colorscale, cmin: scale.cmin, cmax: scale.cmax, colorbar: colour_bar(figure.colour, canvas.theme, { len: 0.75 }),
    lighting: { ambient: 0.75, diffuse: 0.35, specular: 0.05, fresnel: 0 }, flatshading: false,
    hovertemplate: `(%{x:.1f}, %{y:.1f}, %{z:.1f}) mm<br>${figure.colour.label}: %{intensity:.4~g}<extra></extra>`,
  }];
  return { data, layout, uses_webgl: true };
}

/** More marks than this of one view hide one another. */
const most_marks = 2600;

const sides = [{ title: 'from the right', nearest: 1, label: 'y' }, { title: 'from the left', nearest: -1, label: 'y' }] as const;

/** The extent of coordinates, and room for half a mark. */
function padded(values: Float64Array): [number, number] {
  const [low, high] = extent(values)!;
  return [low - 0.04 * (high - low), high + 0.04 * (high - low)];
}

/** The half that faces the eye, along x. */
function from_two_sides(figure: Surface, scene: Scene, canvas: Canvas): Plot {
  const k = chosen(scene, canvas), scale = colour_scale(figure.colour, scene.pictures, canvas.theme);
  const across = canvas.width >= 560, each = across ? (canvas.width - 210) / 2 : canvas.width - 150;
  const layout = base_layout(canvas, Math.round(across ? each + 110 : 2 * each + 170));
  const [low, high] = extent(scene.x)!;
  const [left, right] = padded(scene.y), [bottom, top] = padded(scene.z);
  const annotations: object[] = [time_of(figure, scene, k, canvas)];
  const data = sides.map((view, v) => {
    const facing = Array.from(scene.x.keys()).filter((i) => view.nearest * (scene.x[i]! - (low + high) / 2) >= 0);
    const every = Math.ceil(facing.length / most_marks);
    const members = facing.filter((_, n) => n % every === 0);
    const name = v === 0 ? '' : '2';
    const from = across ? v * 0.54 : 0, low_y = across ? 0 : (1 - v) * 0.56;
    layout[`xaxis${name}`] = {
      ...quiet_axis(view.label, canvas), domain: [from, across ? from + 0.46 : 1], anchor: `y${name}`,
      range: view.nearest > 0 ? [left, right] : [right, left],
    };
    layout[`yaxis${name}`] = { ...quiet_axis('z', canvas), domain: [low_y, across ? 0.92 : low_y + 0.4], anchor: `x${name}`, range: [bottom, top], scaleanchor: `x${name}` };
    annotations.push({
      text: view.title, xref: 'paper', yref: 'paper', x: from + (across ? 0.23 : 0.5), y: across ? 0.92 : low_y + 0.4, xanchor: 'center', yanchor: 'bottom', showarrow: false,
      font: { size: 13 },
    });
    return {
      type: 'scatter', mode: 'markers', xaxis: `x${name}`, yaxis: `y${name}`, x: members.map((i) => scene.y[i]), y: members.map((i) => scene.z[i]),
      marker: {
        color: members.map((i) => scene.pictures[k]![i]), colorscale: scale.colorscale, cmin: scale.cmin, cmax: scale.cmax, showscale: v === 0,
        colorbar: colour_bar(figure.colour, canvas.theme), size: Math.max(4, (1.3 * each) / Math.sqrt(members.length)), symbol: 'circle',
      },
      hovertemplate: `y %{x:.1f} mm, z %{y:.1f} mm<br>${figure.colour.label}: %{marker.color:.4~g}<extra></extra>`,
    };
  });
  Object.assign(layout, { annotations, margin: { l: 72, r: 16, t: 44, b: 54 }, hovermode: 'closest', showlegend: false });
  return { data, layout };
}
