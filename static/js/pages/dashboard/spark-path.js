// @ts-check
/** A sparkline as the paths of an SVG: zero-based, gaps are gaps. Pure. */

const TOP = 1; // so that the line's own thickness is not cut off
const FOOT = 1;

/**
 * @param {Array<number | null>} points  oldest first, one step apart
 * @param {number} width
 * @param {number} height
 * @returns {{line: string, area: string}}
 */
export function sparkPaths(points, width, height) {
  const known = points.filter((value) => value !== null);
  const [low, high] = [Math.min(0, ...known), Math.max(0, ...known)];
  const x = (/** @type {number} */ index) => round((index * width) / Math.max(1, points.length - 1));
  const room = height - TOP - FOOT;
  const y = (/** @type {number} */ value) => round(TOP + room * (1 - (value - low) / (high - low || 1)));
  const runs = runsOf(points).map((run) => run.map(([index, value]) => [x(index), y(value)]));
  return { line: runs.map(lineOf).join(''), area: runs.map((run) => areaOf(run, y(0))).join('') };
}

/**
 * What is known without a gap, each as [index, value].
 * @param {Array<number | null>} points
 */
function runsOf(points) {
  /** @type {Array<Array<[number, number]>>} */
  const runs = [];
  points.forEach((value, index) => {
    if (value === null) return;
    if (index === 0 || points[index - 1] === null) runs.push([]);
    runs[runs.length - 1].push([index, value]);
  });
  return runs;
}

/** @param {number[][]} run  a lone point is drawn as a dot: a line of no length with round ends */
const lineOf = (run) => `M${run.map((place) => place.join(' ')).join('L')}${run.length === 1 ? 'h0' : ''}`;

/**
 * @param {number[][]} run
 * @param {number} ground
 */
const areaOf = (run, ground) =>
  run.length === 1 ? '' : `${lineOf(run)}V${ground}H${run[0][0]}Z`;

/** @param {number} value */
const round = (value) => Math.round(value * 100) / 100;
