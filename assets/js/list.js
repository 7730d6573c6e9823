// Lists: j k Enter x, marking in ranges, the bulk bar, "everything that matches".
import { inField, say } from "./words.js";

const list = () => document.querySelector("[data-ck-list]");
const rows = () => [...(list()?.querySelectorAll("[data-ck-row]") ?? [])];
const boxOf = (row) => row.querySelector("input[data-ck-mark]");

function go(step) {
  const all = rows();
  if (!all.length) return;
  const at = all.findIndex((row) => row.classList.contains("is-cur"));
  const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1)];
  all.forEach((row) => row.classList.toggle("is-cur", row === next));
  next.scrollIntoView({ block: "nearest" });
  (next.querySelector("a[href]") ?? boxOf(next))?.focus({ preventScroll: true });
}

function count() {
  const place = list();
  if (!place) return;
  const all = rows();
  const marked = all.filter((row) => boxOf(row)?.checked);
  all.forEach((row) => row.classList.toggle("is-on", Boolean(boxOf(row)?.checked)));
  const master = place.querySelector("[data-ck-mark-all]");
  if (master) {
    master.checked = marked.length > 0 && marked.length === all.length;
    master.indeterminate = marked.length > 0 && marked.length < all.length;
  }
  const bar = place.querySelector("[data-ck-bulk]");
  if (!bar) return;
  bar.hidden = marked.length === 0;
  const everything = bar.querySelector("[data-ck-everything]");
  const whole = bar.querySelector("input[name=all]");
  if (marked.length < all.length && whole) whole.value = "";
  if (everything) everything.hidden = marked.length < all.length || whole?.value === "1" || Number(everything.dataset.ckTotal || 0) <= all.length;
  bar.querySelector("[data-ck-chosen]").textContent = whole?.value === "1" ? say("chosenAll", everything?.dataset.ckTotalText ?? "") : say("chosen", marked.length);
}

let last = null;
document.addEventListener("click", (event) => {
  const mark = event.target.closest("input[data-ck-mark]");
  if (mark) {
    const all = rows();
    const at = all.indexOf(mark.closest("[data-ck-row]"));
    if (event.shiftKey && last !== null) {
      const [from, to] = [Math.min(at, last), Math.max(at, last)];
      all.slice(from, to + 1).forEach((row) => { if (boxOf(row)) boxOf(row).checked = mark.checked; });
    }
    last = at;
    count();
  }
  const master = event.target.closest("[data-ck-mark-all]");
  if (master) {
    rows().forEach((row) => { if (boxOf(row)) boxOf(row).checked = master.checked; });
    count();
  }
  if (event.target.closest("[data-ck-mark-none]")) {
    event.preventDefault();
    rows().forEach((row) => { if (boxOf(row)) boxOf(row).checked = false; });
    count();
  }
  const everything = event.target.closest("[data-ck-everything]");
  if (everything) {
    event.preventDefault();
    everything.closest("[data-ck-bulk]").querySelector("input[name=all]").value = "1";
    count();
  }
  const density = event.target.closest("[data-ck-density]");
  if (density) {
    list().dataset.ckRows = density.dataset.ckDensity;
    for (const each of density.parentElement.querySelectorAll("[data-ck-density]")) each.setAttribute("aria-pressed", each === density);
  }
  // A press anywhere on a row opens it on touch screens, where rows are cards.
  const row = event.target.closest("[data-ck-row]");
  if (row && matchMedia("(max-width: 640px)").matches && !event.target.closest("a, button, input, label, summary")) row.querySelector("a[href]")?.click();
});
document.addEventListener("htmx:load", count);
document.addEventListener("keydown", (event) => {
  if (!list() || inField(event.target) || event.metaKey || event.ctrlKey || event.altKey || document.querySelector("dialog[open]")) return;
  const current = rows().find((row) => row.classList.contains("is-cur"));
  if (event.key === "j" || event.key === "k") {
    event.preventDefault();
    go(event.key === "j" ? 1 : -1);
  } else if (event.key === "Enter" && current && !event.target.closest("a, button, summary")) {
    event.preventDefault();
    current.querySelector("a[href]")?.click();
  } else if (event.key === "x" && current && boxOf(current)) {
    event.preventDefault();
    boxOf(current).click();
  }
});
count();
