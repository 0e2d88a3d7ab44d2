// SPDX-License-Identifier: BSD-3-Clause
// Builds the report template: one HTML file with all scripts and styles inside.
import { defineConfig } from 'vitest/config';
import { viteSingleFile } from 'vite-plugin-singlefile';

/** Shaders of Plotly as text; its sources import them as files. */
const shaders = {
  name: 'shaders-as-text',
  enforce: 'pre' as const,
  transform(code: string, id: string) {
    return id.endsWith('.glsl') ? { code: `export default ${JSON.stringify(code)}`, map: null } : undefined;
  },
};

export default defineConfig({
  define: { global: 'window' },
  plugins: [shaders, viteSingleFile()],
  build: {
    outDir: process.env.NEURODYN_VIEWER_OUT ?? 'dist',
    emptyOutDir: true,
    target: 'es2022',
    chunkSizeWarningLimit: 4000,
    rolldownOptions: {
      input: 'report.html',
      onLog(level, log, next) {
        // Both come from inside Plotly's dependencies and change nothing that runs.
        if (log.code === 'MODULE_LEVEL_DIRECTIVE' || log.message.includes('externalized for browser')) return;
        next(level, log);
      },
    },
  },
  test: { include: ['test/*.test.ts'], testTimeout: 120_000, hookTimeout: 120_000, fileParallelism: false },
});
