// Words come translated with the page; script holds none of its own.
const holder = document.getElementById("ck-words");
export const words = holder ? JSON.parse(holder.textContent) : {};

/** The word with each %s replaced in turn. */
export function say(key, ...values) {
  let at = 0;
  return (words[key] ?? key).replace(/%s/g, () => values[at++] ?? "");
}

/** A named icon of the sprite. */
export function icon(name, extra = "") {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", `ck-i ${extra}`.trim());
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${document.documentElement.dataset.ckIcons}#${name}`);
  svg.append(use);
  return svg;
}

/** Whether keys typed now belong to a field. */
export function inField(target) {
  return Boolean(target.closest?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable], .ts-wrapper"));
}
