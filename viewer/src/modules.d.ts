// SPDX-License-Identifier: BSD-3-Clause
// The few functions of Plotly that the page calls; traces and layouts are plain objects.
declare module 'plotly.js/lib/core' {
  interface Target extends HTMLElement {
    on(event: string, handler: (data: Record<string, unknown>) => void): void;
    layout?: Record<string, any>;
  }
  interface Drawing {
    data: object[];
    layout: object;
    config?: object;
  }
  const Plotly: {
    register(modules: unknown[]): void;
    react(target: HTMLElement, data: object[], layout: object, config?: object): Promise<Target>;
    purge(target: HTMLElement): void;
    toImage(drawing: Drawing | HTMLElement, options: object): Promise<string>;
  };
  export default Plotly;
  export type { Target };
}
declare module 'plotly.js/lib/*' {
  const trace: unknown;
  export default trace;
}
declare module 'plotly.js/src/traces/scattergl/strict' {
  const trace: unknown;
  export default trace;
}
declare module '*.css';
