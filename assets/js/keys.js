// Keys: any control with data-ck-key is pressed by its key outside fields; ? lists them all.
import { inField, say } from "./words.js";

const usable = (element) => !element.disabled && element.offsetParent !== null && !element.closest("[hidden], dialog:not([open])");

function help() {
  const sheet = document.getElementById("ck-keys");
  if (!sheet) return;
  const rows = new Map([[`${/Mac/.test(navigator.platform) ? "⌘" : "Ctrl"} K`, say("keyPalette")], ["/", say("keySearch")]]);
  if (document.querySelector("[data-ck-row]")) {
    for (const [key, word] of [["J", "keyDown"], ["K", "keyUp"], ["Enter", "keyOpen"], ["X", "keyMark"]]) rows.set(key, say(word));
  }
  for (const element of document.querySelectorAll("[data-ck-key]")) {
    if (!usable(element)) continue;
    const clone = element.cloneNode(true);
    clone.querySelectorAll("kbd, .ck-badge").forEach((each) => each.remove());
    const name = element.dataset.ckKeyName || element.getAttribute("aria-label") || clone.textContent.trim();
    rows.set(element.dataset.ckKey.toUpperCase(), name);
  }
  rows.set("?", say("keyHelp"));
  rows.set("Esc", say("keyClose"));
  const list = sheet.querySelector("dl");
  list.replaceChildren();
  for (const [key, name] of rows) {
    const term = document.createElement("dt");
    for (const part of key.split(" ")) {
      const kbd = document.createElement("kbd");
      kbd.className = "ck-kbd";
      kbd.textContent = part;
      term.append(kbd);
    }
    const words = document.createElement("dd");
    words.textContent = name;
    list.append(term, words);
  }
  sheet.showModal();
}

document.addEventListener("click", (event) => event.target.closest("[data-ck-help]") && help());
document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.defaultPrevented || event.altKey) return;
  if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    document.dispatchEvent(new CustomEvent("ck:palette"));
    return;
  }
  if (event.metaKey || event.ctrlKey || inField(event.target) || document.querySelector("dialog[open]")) return;
  if (event.key === "?") {
    event.preventDefault();
    help();
    return;
  }
  if (event.key === "/") {
    event.preventDefault();
    const search = document.querySelector("[data-ck-search]");
    if (search && usable(search)) search.focus();
    else document.dispatchEvent(new CustomEvent("ck:palette"));
    return;
  }
  const control = [...document.querySelectorAll(`[data-ck-key="${CSS.escape(event.key.toLowerCase())}"]`)].find(usable);
  if (!control) return;
  event.preventDefault();
  if (control.matches("input, textarea, select")) control.focus();
  else control.click();
});
