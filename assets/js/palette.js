// ⌘K: what can be done (the menu) and what can be found (the search room answers).
const box = () => document.getElementById("ck-palette");

function choices() {
  return [...box().querySelectorAll("a[role=option]")].filter((each) => !each.hidden);
}
function choose(option) {
  for (const each of box().querySelectorAll("[role=option]")) each.setAttribute("aria-selected", each === option);
  const input = box().querySelector("input");
  if (!option) return input.removeAttribute("aria-activedescendant");
  option.id ||= `ck-o-${Math.random().toString(36).slice(2, 9)}`;
  input.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}
function sift() {
  const wanted = box().querySelector("input").value.trim().toLowerCase();
  for (const each of box().querySelectorAll("[data-ck-words]")) each.hidden = wanted !== "" && !each.dataset.ckWords.toLowerCase().includes(wanted);
  for (const group of box().querySelectorAll("[data-ck-group]")) group.hidden = ![...group.querySelectorAll("[role=option]")].some((each) => !each.hidden);
  const results = box().querySelector("#ck-palette-results");
  if (results && !wanted) results.replaceChildren();
  choose(choices()[0]);
}
function open() {
  if (!box() || box().open) return;
  box().showModal();
  const input = box().querySelector("input");
  input.select();
  sift();
}

document.addEventListener("ck:palette", open);
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-ck-palette]");
  if (!opener || !box()) return;
  event.preventDefault();
  open();
});
document.addEventListener("input", (event) => event.target.closest("#ck-palette") && sift());
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id === "ck-palette-results") choose(choices()[0]);
});
document.addEventListener("keydown", (event) => {
  if (!event.target.closest?.("#ck-palette") || event.isComposing) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const all = choices();
  const at = all.findIndex((each) => each.getAttribute("aria-selected") === "true");
  if (step && all.length) {
    event.preventDefault();
    choose(all[(at + step + all.length) % all.length]);
  } else if (event.key === "Enter" && all[at]) {
    event.preventDefault();
    if (event.metaKey || event.ctrlKey) window.open(all[at].href);
    else all[at].click();
  }
});

// The hint names the key of this keyboard.
if (!/Mac|iP(hone|ad)/.test(navigator.platform)) {
  for (const hint of document.querySelectorAll(".ck-search .ck-kbd")) hint.textContent = "Ctrl K";
}
