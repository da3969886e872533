// @ts-check
/** What uPlot draws of a chart's data: the columns of values, and how each looks as bars, line or band. Pure. */

import { lonePoints } from './chart-data.js';
import { STEPS } from './chart-range.js';

/**
 * @import uPlot from 'uplot'
 * @import {ChartData, Values} from './chart-data.js'
 */

/** @type {uPlot.Series.Points} */
const LONE_POINTS = { show: true, size: 4, filter: (plot, series) => lonePoints(plot.data[series]) };

/**
 * Where the bars stand, in seconds. Their width is that of the narrowest gap, so that a clipped first bucket is moved to
 * where a whole one would begin.
 * @param {ChartData} data
 */
export function positionsOf({ areAmounts, at, step }) {
  const positions = at.map((moment) => moment / 1000);
  if (areAmounts && at.length > 1) positions[0] = Math.min(positions[0], positions[1] - STEPS[step] / 1000);
  return positions;
}

/** @param {ChartData} data @returns {uPlot.AlignedData} */
export function columnsOf(data) {
  const { areAmounts, value, earlier } = data;
  const drawn = areAmounts ? [value, ...(earlier.length ? [earlier] : [])] : linesOf(data, String).columns;
  return [positionsOf(data), ...drawn];
}

/**
 * @param {ChartData} data  amounts
 * @param {(name: string) => string} colour  of a custom property
 * @param {uPlot.Series.BarsPathBuilderFactory | undefined} pathsOf
 * @returns {uPlot.Series[]}
 */
export function barSeries({ earlier }, colour, pathsOf) {
  const paths = pathsOf?.({ size: [0.84, 64], align: 1 });
  const bars = { paths, points: { show: false }, width: 0, fill: faint(colour('--accent'), 0.8) };
  const outline = { paths, points: { show: false }, width: 1, stroke: colour('--control-line'), fill: faint(colour('--text-quiet'), 0.1) };
  return earlier.length ? [bars, outline] : [bars];
}

/**
 * The lines of a chart and the bands between them: a level lies within its lowest and highest, an amount above zero.
 *
 * @param {ChartData} data
 * @param {(name: string) => string} colour  of a custom property
 */
export function linesOf({ value, lowest, highest, areLevels, earlier, usual }, colour) {
  const accent = colour('--accent');
  const quiet = colour('--text-quiet');
  const fill = areLevels ? undefined : faint(accent, 0.08);
  /** @type {uPlot.Series[]} */
  const series = [{ stroke: accent, width: 1.5, fill, points: LONE_POINTS }];
  const columns = [value];
  /** @type {uPlot.Band[]} */
  const bands = [];
  const add = (/** @type {Values} */ column, /** @type {uPlot.Series} */ line) => {
    columns.push(column);
    return series.push({ points: { show: false }, ...line }); // its number, since the first series is time
  };
  const between = (/** @type {Values} */ top, /** @type {Values} */ bottom, /** @type {string} */ colour) =>
    bands.push({ series: [add(top, { width: 0 }), add(bottom, { width: 0 })], fill: colour });
  if (areLevels) between(highest, lowest, faint(accent, 0.22));
  if (earlier.length) add(earlier, { stroke: quiet, width: 1.25, dash: [4, 4] });
  if (usual) {
    between(usual.high, usual.low, faint(quiet, 0.1));
    add(usual.expected, { stroke: quiet, width: 1.25, dash: [1, 4] });
  }
  return { series, bands, columns };
}

/**
 * @param {string} colour  "rgb(36, 80, 211)"
 * @param {number} opacity
 */
const faint = (colour, opacity) => colour.replace('rgb(', 'rgba(').replace(')', `, ${opacity})`);
