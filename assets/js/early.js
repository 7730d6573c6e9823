// Runs before the first paint: turns the wanted theme (auto, light, dark) into the shown one.
const root = document.documentElement;
const dark = matchMedia("(prefers-color-scheme: dark)");

function show() {
  const wanted = root.dataset.ckTheme;
  root.dataset.bsTheme = wanted === "light" || wanted === "dark" ? wanted : dark.matches ? "dark" : "light";
}
dark.addEventListener("change", show);
new MutationObserver(show).observe(root, { attributeFilter: ["data-ck-theme"] });
show();
root.classList.add("has-js");
