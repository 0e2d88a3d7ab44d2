// SPDX-License-Identifier: BSD-3-Clause
// Colours and type of the plots in the light and the dark scheme; all scales are safe for colour-blind readers.

export interface Theme {
  name: 'light' | 'dark';
  paper: string;
  ink: string;
  quiet: string;
  grid: string;
  axis: string;
  accent: string;
  /** Categories: Okabe & Ito's hues, with the yellow darkened (light) or the blue lightened (dark). */
  series: string[];
  /** Networks and other groups: Tol's "muted" scheme. */
  groups: string[];
  sequential: [number, string][];
  diverging: [number, string][];
}

const font_stack = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, "DejaVu Sans", sans-serif';
export const font = { family: font_stack, size: 13 };

const viridis = ['#440154', '#482878', '#3e4989', '#31688e', '#26828e', '#1f9e89', '#35b779', '#6ece58', '#b5de2b', '#fde725'];
/** ColorBrewer's RdBu, turned so that red is positive, as imaging shows it. */
const blue_red = ['#053061', '#2166ac', '#4393c3', '#92c5de', '#d1e5f0', '#f7f7f7', '#fddbc7', '#f4a582', '#d6604d', '#b2182b', '#67001f'];
/** The same hues around a dark middle, so that zero recedes on a dark page. */
const blue_red_dark = ['#9ecae1', '#6baed6', '#4292c6', '#2b6ca3', '#264a6e', '#1d232b', '#6b2b2f', '#a5393a', '#d6604d', '#f08a6c', '#fcbba1'];

function even(colours: string[]): [number, string][] {
  return colours.map((colour, i) => [i / (colours.length - 1), colour]);
}

const muted = ['#332288', '#88ccee', '#44aa99', '#117733', '#999933', '#ddcc77', '#cc6677', '#882255', '#aa4499'];

export const light: Theme = {
  name: 'light',
  paper: '#ffffff', ink: '#1c2128', quiet: '#57606a', grid: '#e8ebef', axis: '#8b949e', accent: '#0b5cad',
  series: ['#0072b2', '#d55e00', '#009e73', '#b0569a', '#8a6d00', '#4aa3d8', '#444b53'],
  groups: muted, sequential: even(viridis), diverging: even(blue_red),
};

export const dark: Theme = {
  name: 'dark',
  paper: '#161b22', ink: '#e6edf3', quiet: '#9aa5b1', grid: '#2a313a', axis: '#6e7781', accent: '#6cb6ff',
  series: ['#56b4e9', '#f08b3c', '#2fc59b', '#dd94c8', '#e3c53d', '#8fa8ff', '#c9d1d9'],
  groups: ['#7d72d8', '#88ccee', '#44aa99', '#3fa35f', '#b5b54a', '#ddcc77', '#dd7a8a', '#c2588c', '#c471b8'],
  sequential: even(viridis), diverging: even(blue_red_dark),
};
