// Building parts of the document. Text always goes in as text.

const SVG = "http://www.w3.org/2000/svg";

export function element(tag, attributes = {}, ...children) {
  const e = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) e.setAttribute(key, value);
  e.append(...children);
  return e;
}

export function drawn(tag, attributes = {}, text) {
  const e = document.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(attributes)) e.setAttribute(key, value);
  if (text !== undefined) e.textContent = text;
  return e;
}

export function icon(path) {
  const svg = drawn("svg", { viewBox: "0 0 16 16", "aria-hidden": "true", class: "icon" });
  svg.append(drawn("path", { d: path }));
  return svg;
}

export function mathematics(mathml) {
  const template = document.createElement("template");
  template.innerHTML = mathml; // made by teachrnn.views.mathml, which escapes every text in it
  return template.content;
}

// A control cannot be pressed but keeps the focus: a button that is disabled would lose it.
export function bar(button, closed) {
  button.setAttribute("aria-disabled", String(closed));
}

export const visible = (symbol) => ({ " ": "␣", "\n": "⏎", "\t": "⇥", "\r": "␍" }[symbol] || symbol);

export const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
