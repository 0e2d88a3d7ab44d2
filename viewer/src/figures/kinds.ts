// SPDX-License-Identifier: BSD-3-Clause
// The kinds of plotted figure, by the name that the document gives them.
import { brain } from './brain';
import { bars, histogram, scatter } from './clouds';
import type { Kind } from './common';
import { frames } from './frames';
import { heatmap } from './heatmap';
import { curve, lines, spectrum } from './lines';
import { matrix } from './matrix';
import { raster } from './raster';
import { surface } from './surface';

export const kinds: Record<string, Kind<any>> = { lines, spectrum, matrix, scatter, curve, heatmap, frames, surface, histogram, bars, brain, raster };
