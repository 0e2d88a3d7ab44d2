// SPDX-License-Identifier: BSD-3-Clause
// A plotted figure on the page: drawn when it comes near the screen, again when the width, the scheme,
// the zoom or a control changes, with its picture and data to take away.
import { csv_text } from './csv';
import type { Figure } from './document';
import { download, element, slug } from './dom';
import type { Canvas, Control, Kind, Plot } from './figures/common';
import Plotly from './plotly';
import { dark, light, type Theme } from './theme';
import { FigureError } from './values';

export function current_theme(): Theme {
  const chosen = document.documentElement.dataset.scheme;
  const is_dark = chosen ? chosen === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  return is_dark ? dark : light;
}

/** Asked once: each question costs one of the few WebGL contexts that a page may hold. */
export const has_webgl = (() => {
  const context = document.createElement('canvas').getContext('webgl');
  context?.getExtension('WEBGL_lose_context')?.loseContext();
  return context !== null;
})();

export function message_of(error: unknown): string {
  if (error instanceof FigureError) return error.message;
  return `the data do not have the documented form (${error instanceof Error ? error.message : String(error)})`;
}

export function error_box(title: string, message: string): HTMLElement {
  return element('div', { class: 'problem', role: 'note' },
    element('strong', {}, 'This figure cannot be shown'), element('p', {}, `“${title}”: ${message}.`));
}

export class PlottedFigure {
  readonly root: HTMLElement;
  private readonly plot = element('div', { class: 'plot', role: 'img' });
  private readonly options: Record<string, string> = {};
  private drawn: Plot | undefined;
  private view: [number, number] | undefined;
  private queue: Promise<void> = Promise.resolve();
  private failed = false;
  private near = false;

  constructor(private readonly figure: Extract<Figure, { title: string }>, private readonly kind: Kind<unknown>) {
    this.plot.setAttribute('aria-label', `${figure.title}. ${figure.alt ?? figure.caption ?? ''}`.trim());
    this.root = element('div', { class: 'plotted' }, this.toolbar(), this.plot);
    this.plot.style.minHeight = '300px';
  }

  /** Starts watching; the figure must be in the page. */
  start(): void {
    new IntersectionObserver(([entry]) => {
      this.near = entry!.isIntersecting;
      if (this.near && !this.drawn) this.redraw();
      // Pictures of the graphics card go when far away: browsers keep few contexts alive.
      if (!this.near && this.drawn?.uses_webgl) this.release();
    }, { rootMargin: '600px 0px' }).observe(this.root);
    let width = 0;
    new ResizeObserver(([entry]) => {
      const now = Math.round(entry!.contentRect.width);
      if (now === width) return;
      width = now;
      if (this.drawn) this.redraw();
    }).observe(this.root);
  }

  redraw(): void {
    this.queue = this.queue.then(() => this.draw());
  }

  redraw_if_drawn(): void {
    if (this.drawn) this.redraw();
  }

  /** Draws whether near or not, for printing. */
  async draw_now(): Promise<void> {
    if (!this.drawn) this.redraw();
    await this.queue;
  }

  private canvas(theme: Theme): Canvas {
    return { theme, width: Math.max(260, Math.floor(this.root.clientWidth)), webgl: has_webgl, options: this.options, view: this.view };
  }

  private async draw(): Promise<void> {
    if (this.failed) return;
    try {
      const first = this.drawn === undefined;
      this.drawn = this.kind.draw(this.figure, this.canvas(current_theme()));
      // A finger that drags over a plot wants to scroll the page.
      if (matchMedia('(pointer: coarse)').matches) this.drawn.layout.dragmode = false;
      const target = await Plotly.react(this.plot, this.drawn.data, this.drawn.layout, {
        displayModeBar: false, displaylogo: false, responsive: false, doubleClick: 'reset',
      });
      this.plot.style.minHeight = `${this.drawn.layout.height}px`;
      if (first) target.on('plotly_relayout', (change) => this.follow_zoom(change));
    } catch (error) {
      this.failed = true;
      Plotly.purge(this.plot);
      this.root.replaceChildren(error_box(this.figure.title, message_of(error)));
    }
  }

  private follow_zoom(change: Record<string, unknown>): void {
    if (!this.drawn?.follows_zoom) return;
    const low = change['xaxis.range[0]'], high = change['xaxis.range[1]'];
    if (typeof low === 'number' && typeof high === 'number') {
      const log = (this.drawn.layout.xaxis as { type: string }).type === 'log';
      this.view = log ? [10 ** low, 10 ** high] : [low, high];
    } else if (change['xaxis.autorange'] || Array.isArray(change['xaxis.range'])) this.view = undefined;
    else return;
    this.redraw();
  }

  private release(): void {
    this.queue = this.queue.then(() => {
      if (this.near) return;
      Plotly.purge(this.plot);
      this.drawn = undefined;
    });
  }

  private toolbar(): HTMLElement {
    let controls: Control[] = [];
    try {
      controls = this.kind.controls?.(this.figure, has_webgl) ?? [];
    } catch {
      // The figure is malformed; drawing it says how.
    }
    const button = (label: string, name: string, act: () => void) => {
      const made = element('button', { type: 'button', title: name, 'aria-label': `${name}: ${this.figure.title}` }, label);
      made.addEventListener('click', act);
      return made;
    };
    return element('div', { class: 'toolbar' },
      element('div', { class: 'controls' }, ...controls.map((control) => this.control(control))),
      element('div', { class: 'downloads' },
        button('SVG', 'Download as SVG', () => void this.save_picture('svg')),
        button('PNG', 'Download as PNG', () => void this.save_picture('png')),
        button('CSV', 'Download the data as CSV', () => this.save_data())));
  }

  private control(control: Control): HTMLElement {
    this.options[control.name] = control.initial;
    const apply = (value: string) => { this.options[control.name] = value; this.redraw(); };
    if ('choices' in control) {
      const select = element('select', {}, ...control.choices.map((c) => element('option', { value: c.value }, c.label)));
      select.value = control.initial;
      select.addEventListener('change', () => apply(select.value));
      return element('label', {}, `${control.label} `, select);
    }
    const slider = element('input', { type: 'range', min: String(control.from), max: String(control.to), value: control.initial });
    const shown = element('output', {}, `${control.initial} ${control.unit}`);
    slider.addEventListener('input', () => { shown.textContent = `${slider.value} ${control.unit}`; });
    slider.addEventListener('change', () => apply(slider.value));
    return element('label', {}, `${control.label} `, slider, ' ', shown);
  }

  /** Pictures are for papers: always on white, without the title, which a paper prints in its legend. */
  private async save_picture(format: 'svg' | 'png'): Promise<void> {
    const { data, layout } = this.kind.draw(this.figure, this.canvas(light));
    const url = await Plotly.toImage({ data, layout, config: { staticPlot: true } },
      { format, width: layout.width, height: layout.height, scale: format === 'png' ? 3 : 1 });
    download(`${slug(this.figure.title)}.${format}`, url);
  }

  private save_data(): void {
    const url = URL.createObjectURL(new Blob([csv_text(this.kind.columns(this.figure))], { type: 'text/csv' }));
    download(`${slug(this.figure.title)}.csv`, url);
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }
}
