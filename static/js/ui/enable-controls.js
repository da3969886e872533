// @ts-check
/** Controls that the server renders disabled, since without scripts a click on them would be lost. */

/**
 * Called when a page's script has bound them all.
 * @param {ParentNode} root
 */
export function enableControls(root) {
  for (const control of root.querySelectorAll('[data-needs-script]')) control.removeAttribute('disabled');
}
