// SPDX-License-Identifier: BSD-3-Clause
// Numbers, tables and cells: the parts that need no browser.
import { expect, test } from 'vitest';
import { csv_text } from '../src/csv';
import { borders } from '../src/figures/heatmap';
import { common_edges, count_between, envelope, extent, fit_line, format_number, matrix_rows, numbers } from '../src/values';

test('numbers are read from arrays, base64 float32 and grids', () => {
  expect([...numbers([1, null, -2.5], 'y')]).toEqual([1, NaN, -2.5]);
  // 1.0f and -2.5f little-endian: 00 00 80 3f, 00 00 20 c0 (IEEE 754).
  expect([...numbers('f32:AACAPwAAIMA=', 'y')]).toEqual([1, -2.5]);
  expect([...numbers({ start: 1, step: 0.5, count: 3 }, 'y')]).toEqual([1, 1.5, 2]);
});

test('numbers that cannot be read say why', () => {
  expect(() => numbers(undefined, 'y of "a"')).toThrow('y of "a": numbers are missing');
  expect(() => numbers([1, 'two'] as never, 'y')).toThrow('entry 1 is "two"');
  expect(() => numbers('AACA', 'y')).toThrow('must begin with "f32:"');
  expect(() => numbers('f32:%%', 'y')).toThrow('cannot be decoded');
  expect(() => numbers('f32:AACA', 'y')).toThrow('3 bytes are not a whole number of float32');
  expect(() => numbers({ start: 0, step: 1, count: 1.5 }, 'y')).toThrow('start, step and count');
});

test('matrices have rows of one length', () => {
  expect(matrix_rows({ rows: 2, columns: 2, values: [1, 2, 3, 4] }, 'm').map((r) => [...r])).toEqual([[1, 2], [3, 4]]);
  expect(() => matrix_rows([[1, 2], [3]], 'm')).toThrow('m, row 1: 1 entries where 2 are needed');
  expect(() => matrix_rows({ rows: 2, columns: 3, values: [1] }, 'm')).toThrow('1 entries where 6');
});

test('extent passes over what is not finite', () => {
  expect(extent([NaN, 3, -1], [Infinity, 7])).toEqual([-1, 7]);
  expect(extent([NaN])).toBeUndefined();
});

test("Anscombe's first set has his line and correlation", () => {
  // Anscombe 1973, Graphs in Statistical Analysis: y = 3.0 + 0.5 x, r = 0.816.
  const x = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5, NaN];
  const y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68, 1];
  const fit = fit_line(x, y);
  expect(fit.slope).toBeCloseTo(0.5, 3);
  expect(fit.intercept).toBeCloseTo(3, 2);
  expect(fit.r).toBeCloseTo(0.816, 3);
  expect(fit.n).toBe(11);
});

test('bins hold every finite sample once', () => {
  expect([...count_between([0, 0.5, 1, 1.5, 2, NaN, 3], [0, 1, 2])]).toEqual([2, 3]);
  const samples = Float64Array.from({ length: 1000 }, (_, i) => Math.sin(i));
  const edges = common_edges([samples]);
  expect(count_between(samples, edges).reduce((sum, c) => sum + c)).toBe(1000);
  const limited = common_edges([Float64Array.of(0, 1, 2, 3, 1000)], 4, [0, 4]);
  expect([...limited]).toEqual([0, 1, 2, 3, 4]);
  expect([...count_between(Float64Array.of(0, 1, 2, 3, 1000), limited)]).toEqual([1, 1, 1, 1]);
  expect(common_edges([Float64Array.of(2, 2, 2)]).length).toBeGreaterThan(2);
});

test('a thinned series keeps its extremes, its ends and its gaps', () => {
  const y = Float64Array.from({ length: 100_000 }, (_, i) => Math.sin(i / 50));
  y[33_333] = 9;
  y[66_666] = -9;
  y[50_000] = NaN;
  const kept = envelope(y, 0, y.length, 500);
  expect(kept.length).toBeLessThan(1600);
  expect(kept).toEqual([...kept].sort((a, b) => a - b));
  for (const i of [0, 33_333, 50_000, 66_666, 99_999]) expect(kept).toContain(i);
  expect(envelope(y, 10, 20, 500)).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
});

test('cell borders lie midway on the scale of the axis', () => {
  expect(borders(Float64Array.of(1, 2, 4), { label: 'a' })).toEqual([0.5, 1.5, 3, 5]);
  borders(Float64Array.of(1, 4, 16), { label: 'a', scale: 'log' }).forEach((b, i) => expect(b).toBeCloseTo([0.5, 2, 8, 32][i]!, 12));
});

test('numbers print as a reader wants them', () => {
  expect(['0.4019', '−3', '12', '1.235 × 10⁻⁷', '–']).toEqual([0.40188, -3, 12, 1.2345e-7, null].map(format_number));
});

test('csv follows RFC 4180', () => {
  expect(csv_text([{ heading: 'a,"b"', cells: [1, NaN] }, { heading: 'c', cells: ['x\ny'] }])).toBe('"a,""b""",c\r\n1,"x\ny"\r\n,\r\n');
});
