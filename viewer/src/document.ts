// SPDX-License-Identifier: BSD-3-Clause
// The report document: what the writer of a report puts into the page (docs/report.md explains it).

/** Numbers: plain (null where missing), base64 of little-endian float32, or an even grid. */
export type Values = (number | null)[] | string | { start: number; step: number; count: number };
/** A matrix: rows, or one flat base64 float32 string with its shape, row after row. */
export type Matrix = (number | null)[][] | { rows: number; columns: number; values: Values };

export type Verdict = 'pass' | 'fail' | 'warn';

export interface Document {
  format: 'neurodyn-report';
  version: 1;
  title: string;
  subtitle?: string;
  summary?: SummaryItem[];
  provenance?: Provenance;
  sections: Section[];
}

export interface SummaryItem {
  label: string;
  value: number | string;
  unit?: string;
  /** One short line under the value: what it is compared with. */
  note?: string;
  verdict?: Verdict;
}

export interface Provenance {
  version?: string;
  seed?: number | string;
  machine?: string;
  command?: string;
  started?: string;
  finished?: string;
  duration_s?: number;
  result?: string;
  other?: { label: string; value: string | number }[];
}

export interface Section {
  heading: string;
  /** Paragraphs parted by blank lines; **bold**, *emphasis*, `code` and [text](https://...) are read. */
  text?: string;
  figures?: Figure[];
}

export interface Axis {
  label: string;
  unit?: string;
  scale?: 'linear' | 'log';
  range?: [number, number];
}

/** A quantity shown by colour. */
export interface Colour {
  label: string;
  unit?: string;
  scale?: 'sequential' | 'diverging';
  range?: [number, number];
}

/** A straight line through the whole plot, with its label. */
export interface Reference {
  label: string;
  x?: number;
  y?: number;
}

export interface Series {
  name: string;
  x?: Values;
  y: Values;
  lower?: Values;
  upper?: Values;
  style?: 'line' | 'markers' | 'both' | 'steps';
  dash?: 'solid' | 'dash' | 'dot';
  colour?: string;
}

/** A named set of regions; `colour` as #rrggbb where the field has a convention. */
export interface Group {
  name: string;
  colour?: string;
}

interface Common {
  title: string;
  /** What the figure shows, and how it was computed; printed under it. */
  caption?: string;
  /** What a reader who cannot see the figure should know; the caption where absent. */
  alt?: string;
}

export interface Lines extends Common {
  kind: 'lines' | 'spectrum';
  x: Axis;
  y: Axis;
  /** Used by every series that has no x of its own. */
  x_values?: Values;
  series: Series[];
  /** Draw the series above one another, each in its own lane, as an EEG is drawn. */
  stacked?: boolean;
  references?: Reference[];
  /** Shaded spans of x: a stimulus, a frequency band. */
  spans?: { label: string; from: number; to: number }[];
}

export interface MatrixPanel {
  title: string;
  values: Matrix;
}

export interface MatrixFigure extends Common {
  kind: 'matrix';
  colour: Colour;
  labels?: string[];
  column_labels?: string[];
  rows?: string;
  columns?: string;
  groups?: Group[];
  /** For every region the index of its group. */
  group_of?: number[];
  panels: MatrixPanel[];
}

export interface Scatter extends Common {
  kind: 'scatter';
  x: Axis;
  y: Axis;
  series: { name: string; x: Values; y: Values; labels?: string[]; colour?: string }[];
  /** regression: least squares over all points; identity: y = x. */
  line?: 'regression' | 'identity' | 'none';
  /** Pearson's r as the analysis computed it; computed from the points where absent. */
  correlation?: number;
}

/** Events: a mark for each, one row for each node, populations one above the other. */
export interface Raster extends Common {
  kind: 'raster';
  x: Axis;
  y: Axis;
  /** `rows` are indices into `nodes`, the numbers of the nodes shown. */
  series: { name: string; times: Values; rows: Values; nodes: Values; colour?: string }[];
}

export interface Curve extends Common {
  kind: 'curve';
  x: Axis;
  y: Axis;
  x_values?: Values;
  series: Series[];
  best?: { x: number; y: number; label: string };
  references?: Reference[];
}

export interface Heatmap extends Common {
  kind: 'heatmap';
  x: Axis;
  y: Axis;
  x_values?: Values;
  y_values?: Values;
  y_labels?: string[];
  colour: Colour;
  /** One row for each y, one column for each x. */
  values: Matrix;
  best?: { x: number; y: number; label: string };
}

/** Pictures of a plane at several times, with a slider. */
export interface Frames extends Common {
  kind: 'frames';
  x: Axis;
  y: Axis;
  x_values: Values;
  y_values: Values;
  time: Axis;
  times: Values;
  colour: Colour;
  /** Frame after frame, row after row: each row has one value for each x. */
  values: Values;
}

/** A field on the vertices of a surface of triangles at several times, with a slider. */
export interface Surface extends Common {
  kind: 'surface';
  /** Millimetres. */
  vertices: { x: Values; y: Values; z: Values };
  /** Three indices of vertices for each triangle. */
  triangles: number[];
  time: Axis;
  times: Values;
  colour: Colour;
  /** Time after time, one value for each vertex. */
  values: Values;
}

export interface Histogram extends Common {
  kind: 'histogram';
  /** Values outside of its range are not drawn, but count in the area. */
  x: Axis;
  /** density: the area of each distribution is 1. */
  measure?: 'density' | 'count';
  bins?: number;
  /** Either the samples, or counts between edges. */
  series: { name: string; values?: Values; edges?: Values; counts?: Values; colour?: string }[];
  references?: Reference[];
}

export interface Bars extends Common {
  kind: 'bars';
  x: { label: string; categories: string[] };
  y: Axis;
  series: { name: string; values: Values; error?: Values; colour?: string }[];
  references?: Reference[];
}

export interface Brain extends Common {
  kind: 'brain';
  /** Millimetres: x to the right, y to the front, z up. */
  regions: { x: Values; y: Values; z: Values; names?: string[] };
  value?: Colour & { values: Values };
  /** Node sizes follow these; equal where absent. */
  size?: { label: string; unit?: string; values: Values };
  groups?: Group[];
  group_of?: number[];
  edges?: {
    label: string;
    unit?: string;
    from: number[];
    to: number[];
    weights: Values;
    /** Edges with |weight| below it are not drawn. */
    threshold?: number;
  };
}

export interface Table extends Common {
  kind: 'table';
  columns: { label: string; unit?: string }[];
  rows: { cells: (string | number | null)[]; verdict?: Verdict }[];
}

export interface Text extends Common {
  kind: 'text';
  text: string;
}

export interface Code extends Common {
  kind: 'code';
  language?: 'yaml' | 'model' | 'text';
  code: string;
  /** Start folded. */
  folded?: boolean;
}

export type Figure =
  | Lines | MatrixFigure | Scatter | Raster | Curve | Heatmap | Frames | Surface | Histogram | Bars | Brain | Table | Text | Code;
