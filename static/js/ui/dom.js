// @ts-check
/** Typed access to the elements of a page. A missing element is a fault of template or module, so it throws by name. */

/**
 * @template {Element} [Type=HTMLElement]
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => Type} [type]  HTMLElement if left out
 * @returns {Type}
 */
export function query(root, selector, type) {
  return checked(root.querySelector(selector), selector, type);
}

/**
 * @template {Element} [Type=HTMLElement]
 * @param {string} id
 * @param {new () => Type} [type]  HTMLElement if left out
 * @returns {Type}
 */
export function byId(id, type) {
  return checked(document.getElementById(id), `#${id}`, type);
}

/**
 * The control of a form.
 * @template {Element} [Type=HTMLInputElement]
 * @param {HTMLFormElement} form
 * @param {string} name
 * @param {new () => Type} [type]  HTMLInputElement if left out
 * @returns {Type}
 */
export function field(form, name, type) {
  const control = form.elements.namedItem(name);
  return checked(control instanceof Element ? control : null, `field ${name}`, type ?? HTMLInputElement);
}

/**
 * The first element of a template, copied.
 * @param {HTMLTemplateElement} template
 */
export function cloneTemplate(template) {
  const copy = template.content.firstElementChild?.cloneNode(true);
  if (!(copy instanceof HTMLElement)) throw new Error('the template is empty');
  return copy;
}

/**
 * @param {string} tag
 * @param {string} className
 * @param {string} [text]
 */
export function createElement(tag, className, text = '') {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

/**
 * Writes only a text that is new, so that a selection stays and a screen reader does not repeat it.
 * @param {Element} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Adds or removes copies of a template until a list has so many children.
 * @param {Element} list
 * @param {HTMLTemplateElement} template
 * @param {number} length
 */
export function resizeList(list, template, length) {
  while (list.childElementCount > length) list.lastElementChild?.remove();
  while (list.childElementCount < length) list.append(cloneTemplate(template));
}

/**
 * A click beside a modal dialog has the dialog itself as its target, not an element in it.
 * @param {HTMLDialogElement} dialog
 */
export function closeOnBackdropClick(dialog) {
  dialog.addEventListener('click', ({ target }) => target === dialog && dialog.close());
}

/**
 * @template {Element} Type
 * @param {Element | null} element
 * @param {string} name
 * @param {(new () => Element) | undefined} type
 * @returns {Type}
 */
function checked(element, name, type = HTMLElement) {
  if (element instanceof type) return /** @type {Type} */ (element);
  throw new TypeError(`${name} is ${element ? `no ${type.name}` : 'missing'}`);
}
