// A derived figure opens its explanation beside itself; Esc gives the focus back to the figure.
import htmx from "./htmx.js";

let figure = null;
const box = () => document.getElementById("ck-why");

function place() {
  const pop = box();
  const at = figure.getBoundingClientRect();
  const width = Math.min(472, innerWidth - 24);
  pop.style.width = `${width}px`;
  const left = Math.min(Math.max(12, at.left + at.width / 2 - width / 2), innerWidth - width - 12);
  const below = innerHeight - at.bottom;
  const height = pop.offsetHeight;
  pop.style.left = `${left}px`;
  pop.style.top = `${below > height + 20 || below > at.top ? Math.min(at.bottom + 8, Math.max(12, innerHeight - height - 12)) : Math.max(12, at.top - height - 8)}px`;
}

function close(back) {
  const pop = box();
  if (!pop || pop.hidden) return;
  pop.hidden = true;
  pop.replaceChildren();
  figure?.setAttribute("aria-expanded", "false");
  if (back) figure?.focus();
  figure = null;
}

document.addEventListener("click", (event) => {
  const asked = event.target.closest("a.ck-why[href]");
  if (asked && !event.ctrlKey && !event.metaKey && !event.shiftKey && box()) {
    event.preventDefault();
    const again = asked === figure;
    close(false);
    if (again) return;
    figure = asked;
    figure.setAttribute("aria-expanded", "true");
    const inDialog = figure.closest("dialog");
    (inDialog ?? document.body).append(box());
    htmx.ajax("GET", figure.href, { target: "#ck-why", swap: "innerHTML" });
    return;
  }
  if (event.target.closest("#ck-why [data-ck-why-close]")) close(true);
  else if (figure && !event.target.closest("#ck-why") && event.target.isConnected) close(false);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && figure) {
    event.preventDefault();
    event.stopPropagation();
    close(true);
  }
}, true);
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id !== "ck-why" || !figure) return;
  box().hidden = false;
  place();
  (box().querySelector("[data-ck-why-close]") ?? box()).focus();
});
addEventListener("resize", () => figure && place());
