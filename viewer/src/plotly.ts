// SPDX-License-Identifier: BSD-3-Clause
// Plotly with the traces that reports use and nothing else: less than half of the full bundle.
import Plotly from 'plotly.js/lib/core';
import bar from 'plotly.js/lib/bar';
import heatmap from 'plotly.js/lib/heatmap';
import mesh3d from 'plotly.js/lib/mesh3d';
import scatter3d from 'plotly.js/lib/scatter3d';
// The strict build of scattergl compiles no code at run time, so the page can forbid eval.
import scattergl from 'plotly.js/src/traces/scattergl/strict';

Plotly.register([bar, heatmap, mesh3d, scatter3d, scattergl]);
export default Plotly;
