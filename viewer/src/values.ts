// SPDX-License-Identifier: BSD-3-Clause
// Numbers of a document: read from their three notations, checked, and summarised.
import type { Matrix, Values } from './document';

/** What is wrong with a figure, in words that its reader can pass on to the writer. */
export class FigureError extends Error {}

const base64_prefix = 'f32:';

/** Numbers as doubles, NaN where missing; `what` names them in messages. */
export function numbers(values: Values | undefined, what: string): Float64Array {
  if (Array.isArray(values)) return from_array(values, what);
  if (typeof values === 'string') return from_base64(values, what);
  if (values && typeof values === 'object') return from_grid(values, what);
  throw new FigureError(`${what}: numbers are missing`);
}

function from_array(values: unknown[], what: string): Float64Array {
  return Float64Array.from(values, (value, i) => {
    if (value === null) return NaN;
    if (typeof value === 'number') return value;
    throw new FigureError(`${what}: entry ${i} is ${JSON.stringify(value)}, not a number`);
  });
}

function from_base64(text: string, what: string): Float64Array {
  if (!text.startsWith(base64_prefix)) {
    throw new FigureError(`${what}: a string of numbers must begin with "${base64_prefix}"`);
  }
  let bytes: string;
  try {
    bytes = atob(text.slice(base64_prefix.length));
  } catch {
    throw new FigureError(`${what}: the base64 text cannot be decoded`);
  }
  if (bytes.length % 4 !== 0) {
    throw new FigureError(`${what}: ${bytes.length} bytes are not a whole number of float32`);
  }
  const view = new DataView(new ArrayBuffer(bytes.length));
  for (let i = 0; i < bytes.length; ++i) view.setUint8(i, bytes.charCodeAt(i));
  return Float64Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
}

function from_grid(grid: { start: number; step: number; count: number }, what: string): Float64Array {
  const { start, step, count } = grid;
  if (![start, step, count].every(Number.isFinite) || count < 0 || !Number.isInteger(count)) {
    throw new FigureError(`${what}: a grid needs the numbers start, step and count`);
  }
  return Float64Array.from({ length: count }, (_, i) => start + i * step);
}

/** Rows of a matrix, all of one length. */
export function matrix_rows(matrix: Matrix | undefined, what: string): Float64Array[] {
  if (Array.isArray(matrix)) {
    const rows = matrix.map((row, i) => numbers(row, `${what}, row ${i}`));
    rows.forEach((row, i) => same_length(row, rows[0]!.length, `${what}, row ${i}`));
    return rows;
  }
  if (!matrix || typeof matrix !== 'object') throw new FigureError(`${what}: the matrix is missing`);
  const flat = numbers(matrix.values, what);
  same_length(flat, matrix.rows * matrix.columns, `${what} (${matrix.rows} x ${matrix.columns})`);
  return Array.from({ length: matrix.rows }, (_, i) =>
    flat.subarray(i * matrix.columns, (i + 1) * matrix.columns));
}

export function same_length(values: ArrayLike<unknown>, expected: number, what: string): void {
  if (values.length !== expected) {
    throw new FigureError(`${what}: ${values.length} entries where ${expected} are needed`);
  }
}

/** Smallest and largest finite value, or undefined when there is none. */
export function extent(...arrays: ArrayLike<number>[]): [number, number] | undefined {
  let low = Infinity;
  let high = -Infinity;
  for (const values of arrays) {
    for (let i = 0; i < values.length; ++i) {
      const value = values[i]!;
      if (!Number.isFinite(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return low <= high ? [low, high] : undefined;
}

/** Least-squares line and Pearson's r over the pairs in which both are finite. */
export function fit_line(x: ArrayLike<number>, y: ArrayLike<number>):
    { slope: number; intercept: number; r: number; n: number } {
  let n = 0, mean_x = 0, mean_y = 0, xx = 0, yy = 0, xy = 0;
  for (let i = 0; i < x.length; ++i) {
    if (!Number.isFinite(x[i]!) || !Number.isFinite(y[i]!)) continue;
    // Welford's update: the sums of squares would cancel for values far from zero.
    ++n;
    const dx = x[i]! - mean_x, dy = y[i]! - mean_y;
    mean_x += dx / n;
    mean_y += dy / n;
    xx += dx * (x[i]! - mean_x);
    yy += dy * (y[i]! - mean_y);
    xy += dx * (y[i]! - mean_y);
  }
  const slope = xy / xx;
  return { slope, intercept: mean_y - slope * mean_x, r: xy / Math.sqrt(xx * yy), n };
}

/** Counts of finite samples between edges; the last bin holds its upper edge too. */
export function count_between(values: ArrayLike<number>, edges: ArrayLike<number>): Float64Array {
  const counts = new Float64Array(edges.length - 1);
  const low = edges[0]!, high = edges[edges.length - 1]!;
  for (let i = 0; i < values.length; ++i) {
    const value = values[i]!;
    if (!(value >= low && value <= high)) continue;
    let bin = Math.min(Math.floor(((value - low) / (high - low)) * counts.length), counts.length - 1);
    while (bin > 0 && value < edges[bin]!) --bin;
    while (bin < counts.length - 1 && value >= edges[bin + 1]!) ++bin;
    counts[bin]! += 1;
  }
  return counts;
}

/**
 * Even bins for several samples at once, over all values or those within `limits`: Freedman & Diaconis (1981) on the largest
 * sample, 5 to 80 bins.
 */
export function common_edges(all: Float64Array[], bins?: number, limits?: [number, number]): Float64Array {
  const samples = limits ? all.map((values) => values.filter((x) => x >= limits[0] && x <= limits[1])) : all;
  const range = limits ?? extent(...samples);
  if (!range) throw new FigureError('the distributions hold no finite value');
  let [low, high] = range;
  if (low === high) { low -= 0.5; high += 0.5; }
  const largest = samples.reduce((a, b) => (b.length > a.length ? b : a));
  const sorted = largest.filter(Number.isFinite).sort();
  const quartile = (q: number) => sorted[Math.floor(q * (sorted.length - 1))]!;
  const width = (2 * (quartile(0.75) - quartile(0.25))) / Math.cbrt(sorted.length);
  const count = bins ?? Math.max(5, Math.min(80, Math.ceil((high - low) / width) || 5));
  return Float64Array.from({ length: count + 1 }, (_, i) => low + ((high - low) * i) / count);
}

/**
 * Positions of at most about 2 x `buckets` samples in [begin, end) that draw the same picture: the
 * smallest and the largest of each bucket, in order, with the ends and one missing value per gap kept.
 */
export function envelope(y: ArrayLike<number>, begin: number, end: number, buckets: number): number[] {
  const count = end - begin;
  if (count <= 2 * buckets) return Array.from({ length: Math.max(count, 0) }, (_, i) => begin + i);
  const kept: number[] = [begin];
  for (let b = 0; b < buckets; ++b) {
    const from = begin + Math.floor((b * count) / buckets);
    const to = begin + Math.floor(((b + 1) * count) / buckets);
    let low = -1, high = -1, gap = -1;
    for (let i = from; i < to; ++i) {
      const value = y[i]!;
      if (!Number.isFinite(value)) { if (gap < 0) gap = i; continue; }
      if (low < 0 || value < y[low]!) low = i;
      if (high < 0 || value > y[high]!) high = i;
    }
    for (const i of [low, high, gap].sort((p, q) => p - q)) {
      if (i > kept[kept.length - 1]!) kept.push(i);
    }
  }
  if (kept[kept.length - 1] !== end - 1) kept.push(end - 1);
  return kept;
}

/** A number as a reader wants it: four significant digits, a true minus sign. */
export function format_number(value: number | string | null | undefined): string {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'string') return value;
  if (Number.isNaN(value)) return 'not a number';
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value).replace('-', '−');
  const size = Math.abs(value);
  const text = size >= 1e5 || size < 1e-3
    ? value.toExponential(3).replace(/e\+?(-?)(\d+)/, (_, sign: string, digits: string) => ` × 10${superscript(sign + digits)}`)
    : String(Number(value.toPrecision(4)));
  return text.replace('-', '−');
}

function superscript(digits: string): string {
  return [...digits].map((d) => (d === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(d)])).join('');
}
