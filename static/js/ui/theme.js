// @ts-check
/** The theme (system, light or dark), stored in this browser, where first-paint.js reads it. */

const KEY = 'pulse-theme';

/**
 * Binds the radio buttons named "theme" within `root`.
 * @param {HTMLElement} root
 * @param {Storage | null} storage  null if the browser denies it: the choice then lasts as long as the page
 */
export function bindTheme(root, storage) {
  const chosen = document.documentElement.dataset.theme ?? 'system';
  /** @type {NodeListOf<HTMLInputElement>} */
  const radios = root.querySelectorAll('input[name="theme"]');
  for (const radio of radios) {
    radio.checked = radio.value === chosen;
    radio.addEventListener('change', () => chooseTheme(radio.value, storage));
  }
  // A choice in another tab.
  addEventListener('storage', ({ key, newValue }) => key === KEY && apply(newValue ?? 'system'));
}

/**
 * Chooses the theme that is not shown now, light or dark.
 * @param {HTMLElement} root  as above
 */
export function switchTheme(root) {
  const system = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  const other = (document.documentElement.dataset.theme ?? system) === 'dark' ? 'light' : 'dark';
  /** @type {HTMLElement | null} */ (root.querySelector(`input[value="${other}"]`))?.click();
}

/** @returns {Storage | null} */
export function localStorageOrNull() {
  try {
    return globalThis.localStorage;
  } catch {
    return null;
  }
}

/**
 * @param {string} theme
 * @param {Storage | null} storage
 */
function chooseTheme(theme, storage) {
  apply(theme);
  try {
    if (theme === 'system') storage?.removeItem(KEY);
    else storage?.setItem(KEY, theme);
  } catch {
    // Storage is full or denied.
  }
}

/** @param {string} theme */
function apply(theme) {
  const { dataset } = document.documentElement;
  if (theme === 'light' || theme === 'dark') dataset.theme = theme;
  else delete dataset.theme;
}
