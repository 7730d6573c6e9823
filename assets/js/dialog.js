// Dialogs, confirmations, menus. Links keep their address: without script they open as pages.
import htmx from "./htmx.js";
import { say } from "./words.js";

const shared = () => document.getElementById("ck-dialog");
const body = () => document.getElementById("ck-dialog-body");

/** Load an address into the shared dialog; it opens when the fragment is there. */
export function openDialog(url) {
  htmx.ajax("GET", url, { target: "#ck-dialog-body", swap: "innerHTML" });
}

function shown() {
  const dialog = shared();
  if (!dialog || !body().childElementCount) return;
  const title = body().querySelector("h1, h2, h3");
  if (title) {
    title.id ||= "ck-dialog-title";
    dialog.setAttribute("aria-labelledby", title.id);
  }
  if (!dialog.open) dialog.showModal();
  (body().querySelector("[autofocus], [aria-invalid=true]") ?? body().querySelector("input:not([type=hidden]), select, textarea, button"))?.focus();
}

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id === "ck-dialog-body") shown();
});
document.addEventListener("ck:close-dialog", () => shared()?.close());
document.addEventListener("ck:open-dialog", (event) => openDialog(event.detail.url));

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-ck-dialog], [data-ck-dialog-url]");
  if (opener && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    if (opener.dataset.ckDialog) document.querySelector(opener.dataset.ckDialog)?.showModal();
    else openDialog(opener.dataset.ckDialogUrl || opener.href);
    return;
  }
  const closer = event.target.closest("[data-ck-close]");
  if (closer) {
    event.preventDefault();
    closer.closest("dialog")?.close();
    return;
  }
  // A press on the backdrop closes, unless something typed would be lost.
  if (event.target instanceof HTMLDialogElement && event.target.open) {
    const box = event.target.getBoundingClientRect();
    const outside = event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
    const typed = [...event.target.querySelectorAll("input, textarea")].some((each) => each.type !== "hidden" && each.value !== each.defaultValue);
    if (outside && !typed) event.target.close();
  }
});
document.addEventListener("close", (event) => {
  if (event.target.id === "ck-dialog") body().replaceChildren();
}, true);

/** Ask before doing; resolves true or false. */
export function confirm(question, { danger = false, yes = say("yes") } = {}) {
  const dialog = document.getElementById("ck-confirm");
  if (!dialog) return Promise.resolve(window.confirm(question));
  dialog.querySelector("[data-ck-question]").textContent = question;
  const button = dialog.querySelector("[value=yes]");
  button.textContent = yes;
  button.classList.toggle("ck-btn--danger", danger);
  button.classList.toggle("ck-btn--primary", !danger);
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true }));
}

const asking = (element) => element.closest("[data-ck-confirm]");
const options = (element) => ({ danger: "ckDanger" in element.dataset, yes: element.dataset.ckConfirmYes || element.textContent.trim() || undefined });
const agreed = new WeakSet();

document.addEventListener("htmx:confirm", (event) => {
  const element = asking(event.detail.elt);
  const question = event.detail.question || element?.dataset.ckConfirm;
  if (!question || (element && agreed.delete(element))) return;
  event.preventDefault();
  confirm(question, element ? options(element) : {}).then((yes) => yes && event.detail.issueRequest(true));
});
const byHtmx = (element) => element.matches("[hx-get],[hx-post],[hx-put],[hx-patch],[hx-delete]");
document.addEventListener("click", (event) => {
  const element = event.target.closest("a[data-ck-confirm], button[data-ck-confirm]");
  if (!element || byHtmx(element)) return;
  if (agreed.delete(element)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  confirm(element.dataset.ckConfirm, options(element)).then((yes) => {
    if (!yes) return;
    agreed.add(element);
    element.click();
  });
}, true);
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-ck-confirm]") || byHtmx(form) || agreed.delete(form)) return;
  event.preventDefault();
  const submitter = event.submitter;
  confirm(form.dataset.ckConfirm, { danger: "ckDanger" in form.dataset }).then((yes) => {
    if (!yes) return;
    agreed.add(form);
    form.requestSubmit(submitter);
  });
}, true);

// Menus are <details class="ck-drop">: they open without script; here they also close and move.
document.addEventListener("toggle", (event) => {
  if (!event.target.matches?.("details.ck-drop") || !event.target.open) return;
  for (const other of document.querySelectorAll("details.ck-drop[open]")) {
    if (other !== event.target && !other.contains(event.target)) other.open = false;
  }
  const menu = event.target.querySelector(":scope > :not(summary)");
  const edge = event.target.closest("main")?.getBoundingClientRect().left ?? 0;
  menu?.classList.toggle("is-left", event.target.getBoundingClientRect().right - menu.offsetWidth < edge + 8);
}, true);
document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details.ck-drop[open]")) {
    const inside = open.contains(event.target);
    if (!inside || event.target.closest("[role=menuitem]")) open.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  const open = event.target.closest?.("details.ck-drop[open]") ?? (event.key === "Escape" && document.querySelector("details.ck-drop[open]"));
  if (!open) return;
  if (event.key === "Escape") {
    open.open = false;
    open.querySelector("summary").focus();
    event.stopPropagation();
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || event.target.matches("input, select, textarea")) return;
  const choices = [...open.querySelectorAll("a[href], button:not([disabled])")];
  if (!choices.length) return;
  event.preventDefault();
  choices[(choices.indexOf(document.activeElement) + step + choices.length) % choices.length].focus();
});
