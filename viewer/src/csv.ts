// SPDX-License-Identifier: BSD-3-Clause
// Tables as comma-separated text (RFC 4180), for the data behind a figure.

export type Cell = string | number | null | undefined;

/** One column with its heading; shorter columns are padded with empty cells. */
export interface Column {
  heading: string;
  cells: ArrayLike<Cell>;
}

export function csv_text(columns: Column[]): string {
  const rows = Math.max(0, ...columns.map((column) => column.cells.length));
  const lines = [columns.map((column) => escape(column.heading)).join(',')];
  for (let i = 0; i < rows; ++i) {
    lines.push(columns.map((column) => (i < column.cells.length ? escape(column.cells[i]) : '')).join(','));
  }
  return lines.join('\r\n') + '\r\n';
}

function escape(cell: Cell): string {
  if (cell === null || cell === undefined || (typeof cell === 'number' && Number.isNaN(cell))) return '';
  const text = String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
