/**
 * `make bundle`: bundles and minifies what pages load into static/dist, by esbuild: `node bundle.mjs [FOLDER]`.
 *
 * The modules in static/js stay the source. manifest.json maps the path of each entry point to its hashed file, and has
 * the SHA-256 of every source: where one differs, the application ignores the bundle and serves the modules.
 */

import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { argv } from 'node:process';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const folder = argv[2] ?? 'static/dist';
const MODULES = [...globSync('static/js/pages/*/main.js'), ...globSync('static/css/pages/*.css')];
// Without imports; a top-level name of a script is a global variable and stays.
const SCRIPTS = ['static/js/ui/first-paint.js', 'node_modules/uplot/dist/uPlot.iife.min.js'];
const GZIP_LEVEL = 9;

const options = /** @type {const} */ ({
  outdir: folder,
  entryNames: '[name]-[hash]',
  minify: true,
  target: 'esnext', // as the sources are: for browsers that run them
  sourcemap: 'linked',
  metafile: true,
  write: false,
});
const built = await Promise.all([
  build({ ...options, entryPoints: MODULES.map((path) => ({ in: path, out: pageOf(path) })), bundle: true, format: 'esm' }),
  build({ ...options, entryPoints: SCRIPTS }),
]);

mkdirSync(folder, { recursive: true });
const before = filesOf(readManifest());
for (const { path, contents } of built.flatMap(({ outputFiles }) => outputFiles)) {
  writeFileSync(path, contents);
  if (!path.endsWith('.map')) writeFileSync(`${path}.gz`, gzipSync(contents, { level: GZIP_LEVEL }));
}
const outputs = built.flatMap(({ metafile }) => Object.entries(metafile.outputs));
const files = Object.fromEntries(
  outputs.filter(([, { entryPoint }]) => entryPoint).map(([path, { entryPoint }]) => [entryPoint, basename(path)]),
);
const inputs = ['bundle.mjs', ...built.flatMap(({ metafile }) => Object.keys(metafile.inputs))].sort();
const sources = Object.fromEntries(inputs.map((path) => [path, sha256(path)]));
// Written last and at once: no process reads a manifest whose files are not there.
writeFileSync(join(folder, 'manifest.json.new'), `${JSON.stringify({ files, sources }, null, 1)}\n`);
renameSync(join(folder, 'manifest.json.new'), join(folder, 'manifest.json'));
removeOld();

/** "dashboard" of its module pages/dashboard/main.js and its styles pages/dashboard.css. @param {string} path */
function pageOf(path) {
  return basename(path.replace('/main.js', ''), '.css');
}

/** @param {string} path */
function sha256(path) {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

/** The manifest in the folder, if there is one. */
function readManifest() {
  const path = join(folder, 'manifest.json');
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
}

/** The names of a manifest's files. @param {{files?: Record<string, string>}} manifest */
function filesOf({ files = {} }) {
  return Object.values(files);
}

/** Keeps the files of the bundle before, too: workers that run still name them. */
function removeOld() {
  const kept = new Set([...before, ...filesOf({ files })]);
  for (const name of readdirSync(folder))
    if (name !== 'manifest.json' && !kept.has(name.replace(/(\.map)?(\.gz)?$/, ''))) rmSync(join(folder, name));
}
