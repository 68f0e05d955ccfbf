// Building parts of the document, and finding them. Text is always inserted as text.

const SVG = "http://www.w3.org/2000/svg";

/** @typedef {Record<string, string | number>} Attributes */

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Attributes} [attributes]
 * @param {...(Node | string)} children
 */
export function element(tag, attributes = {}, ...children) {
  const e = attributed(document.createElement(tag), attributes);
  e.append(...children);
  return e;
}

/**
 * @template {keyof SVGElementTagNameMap} K
 * @param {K} tag
 * @param {Attributes} [attributes]
 * @param {string} [text]
 */
export function drawn(tag, attributes = {}, text) {
  const e = attributed(document.createElementNS(SVG, tag), attributes);
  if (text !== undefined) e.textContent = text;
  return e;
}

/**
 * @template {HTMLElement | SVGElement} E
 * @param {E} e
 * @param {Attributes} attributes
 */
function attributed(e, attributes) {
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "style") {
      e.style.cssText = String(value); // a page's policy may forbid the attribute
    } else e.setAttribute(key, String(value));
  }
  return e;
}

/** @param {string} path */
export function icon(path) {
  const svg = drawn("svg", { viewBox: "0 0 16 16", "aria-hidden": "true", class: "icon" });
  svg.append(drawn("path", { d: path }));
  return svg;
}

/** @param {string} mathml */
export function mathematics(mathml) {
  const template = document.createElement("template");
  template.innerHTML = mathml; // made by teachrnn.formulas.mathml, which escapes every text in it
  return template.content;
}

/** The closest element matching a selector in which an event happened.
 * @param {Event} event
 * @param {string} selector
 */
export function within({ target }, selector) {
  if (!(target instanceof Element)) return null;
  return /** @type {HTMLElement | SVGElement | null} */ (target.closest(selector));
}

/** The element with the focus in the tree of a node, which may be a shadow tree.
 * @param {Node} node
 */
export function focusedBeside(node) {
  const root = node.getRootNode();
  if (!(root instanceof Document || root instanceof ShadowRoot)) return null; // not in a page
  return /** @type {HTMLElement | SVGElement | null} */ (root.activeElement);
}

/** The first descendant of an element that matches a selector; it is known to exist.
 * @param {ParentNode} parent
 * @param {string} selector
 */
export function partOf(parent, selector) {
  const found = parent.querySelector(selector);
  if (!found) throw new Error(`no element matches ${selector}`);
  return /** @type {HTMLElement} */ (found);
}

/** Gives an element of a drawing these classes; where they are the same nothing is styled again.
 * @param {SVGElement} part
 * @param {...(string | false)} names
 */
export function look(part, ...names) {
  const looks = names.filter(Boolean).join(" ");
  if (part.getAttribute("class") !== looks) part.setAttribute("class", looks);
}

/** Gives an element these children, in this order; those that stand where they are to stand are left alone.
 * @param {Element} parent
 * @param {Element[]} children
 */
export function arrange(parent, children) {
  const wanted = new Set(children);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  children.forEach((child, at) => {
    if (parent.children[at] !== child) parent.insertBefore(child, parent.children[at] ?? null);
  });
}

/** The value of a key in a map; it is known to exist.
 * @template K, V
 * @param {Map<K, V>} map
 * @param {K} key
 */
export function held(map, key) {
  const value = map.get(key);
  if (value === undefined) throw new Error(`the map has no key ${key}`);
  return value;
}

/** Makes a control inactive without losing the focus, as a disabled button would.
 * @param {HTMLElement} button
 * @param {boolean} closed
 */
export function bar(button, closed) {
  button.setAttribute("aria-disabled", String(closed));
}

/** What base64 stands for.
 * @param {string} text
 */
export function bytesOf(text) {
  const letters = atob(text.trim());
  const bytes = new Uint8Array(letters.length);
  for (let at = 0; at < letters.length; at++) bytes[at] = letters.charCodeAt(at); // many times as fast as from()
  return bytes;
}

export const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** @type {Uint8Array | null} */
let fontInUse = null;

/** The bytes of the mathematical font, for what is taken out of the page; null if it has none. */
export const mathematicalFont = () => fontInUse;

/** The mathematical font comes as bytes; without it the browser's own is used.
 * @param {ArrayBuffer | DataView<ArrayBuffer> | Uint8Array<ArrayBuffer>} bytes
 */
export function useFont(bytes) {
  fontInUse = ArrayBuffer.isView(bytes)
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : new Uint8Array(bytes);
  const face = new FontFace("TeachrnnMath", bytes);
  face.load().then(
    (loaded) => document.fonts.add(loaded),
    () => {},
  );
}
