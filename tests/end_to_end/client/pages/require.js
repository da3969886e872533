/** `require()` for the CommonJS modules of npm, which browsers do not read: no bundler between us and React. */

/**
 * @param {Record<string, string>} places  files under /modules/, by the name that they are asked for with
 * @returns {Promise<(name: string) => any>}
 */
export async function requireFrom(places) {
  const read = async ([name, place]) => [name, await (await fetch(`/modules/${place}`)).text()];
  const texts = new Map(await Promise.all(Object.entries(places).map(read)));
  const modules = new Map();
  const process = { env: { NODE_ENV: 'development' } };
  const require = (name) => {
    if (!modules.has(name)) {
      const module = { exports: {} };
      modules.set(name, module);
      new Function('module', 'exports', 'require', 'process', texts.get(name))(module, module.exports, require, process);
    }
    return modules.get(name).exports;
  };
  return require;
}
