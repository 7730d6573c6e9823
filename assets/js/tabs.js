// A tab names its panel by aria-controls; arrow keys move; the address keeps the choice (#id).
function show(tab) {
  for (const other of tab.closest('[role="tablist"]').querySelectorAll('[role="tab"]')) {
    const on = other === tab;
    other.setAttribute("aria-selected", on);
    other.tabIndex = on ? 0 : -1;
    const panel = document.getElementById(other.getAttribute("aria-controls"));
    if (panel) panel.hidden = !on;
  }
}
document.addEventListener("click", (event) => {
  const tab = event.target.closest('[role="tab"][aria-controls]');
  if (!tab) return;
  show(tab);
  if (!("ckQuiet" in tab.closest('[role="tablist"]').dataset)) history.replaceState(history.state, "", `#${tab.getAttribute("aria-controls")}`);
});
document.addEventListener("keydown", (event) => {
  const tab = event.target.closest('[role="tab"][aria-controls]');
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!tab || !step) return;
  const tabs = [...tab.closest('[role="tablist"]').querySelectorAll('[role="tab"]')];
  const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length];
  next.focus();
  show(next);
});
const wanted = location.hash.slice(1);
const first = wanted && document.querySelector(`[role="tab"][aria-controls="${CSS.escape(wanted)}"]`);
if (first) show(first);
