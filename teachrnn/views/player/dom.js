// Building parts of the document. Text always goes in as text.

const SVG = "http://www.w3.org/2000/svg";

export function element(tag, attributes = {}, ...children) {
  const e = attributed(document.createElement(tag), attributes);
  e.append(...children);
  return e;
}

export function drawn(tag, attributes = {}, text) {
  const e = attributed(document.createElementNS(SVG, tag), attributes);
  if (text !== undefined) e.textContent = text;
  return e;
}

function attributed(e, attributes) {
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "style")
      e.style.cssText = value; // a page's policy may forbid the attribute
    else e.setAttribute(key, value);
  }
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

export const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

// The mathematical font comes as bytes; without it the browser's own serves.
export function useFont(bytes) {
  const face = new FontFace("TeachrnnMath", bytes);
  face.load().then(
    (loaded) => document.fonts.add(loaded),
    () => {},
  );
}
