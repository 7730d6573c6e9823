// Short answers at the foot of the page; one with an undo stays longer.
import { icon, say } from "./words.js";

const marks = { done: "ok", late: "warn", wait: "clock", "": "info" };

/** Show a sentence. tone: "" done wait late; undo: {url} posts there and is offered as 撤销. */
export function toast(text, { tone = "", undo = null } = {}) {
  const place = document.getElementById("ck-toasts");
  if (!place || !text) return;
  const box = document.createElement("div");
  box.className = `ck-toast ck-toast--${tone || "plain"}`;
  box.setAttribute("role", tone === "late" ? "alert" : "status");
  const words = document.createElement("span");
  words.textContent = text;
  box.append(icon(marks[tone] ?? "info"), words);
  if (undo?.url) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = undo.label || say("undo");
    button.addEventListener("click", () => {
      window.htmx.ajax("POST", undo.url, { swap: "none" });
      box.remove();
    });
    box.append(button);
  }
  const close = document.createElement("button");
  close.type = "button";
  close.className = "ck-toast__x";
  close.setAttribute("aria-label", say("close"));
  close.append(icon("x", "ck-i--s"));
  close.addEventListener("click", () => box.remove());
  box.append(close);
  place.append(box);
  // Above open dialogs: the last shown popover lies on top.
  if (place.showPopover) {
    if (place.matches(":popover-open")) place.hidePopover();
    place.showPopover();
  }
  let left = setTimeout(() => box.remove(), undo || tone === "late" ? 10000 : 5000);
  box.addEventListener("pointerenter", () => clearTimeout(left));
  box.addEventListener("pointerleave", () => { left = setTimeout(() => box.remove(), 3000); });
}

document.addEventListener("ck:toast", (event) => {
  const { text, tone, undo, value } = event.detail ?? {};
  toast(text ?? value, { tone, undo });
});

// What failed on the way: say what happened and that nothing typed is lost.
document.addEventListener("htmx:sendError", () => toast(say("offline"), { tone: "late" }));
document.addEventListener("htmx:timeout", () => toast(say("slow"), { tone: "late" }));
document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = event.detail;
  const told = xhr.getResponseHeader("HX-Trigger") ?? "";
  if (told.includes("ck:toast") || told.includes("ck:signed-out")) return;
  const reference = xhr.getResponseHeader("X-Reference");
  const known = { 403: "forbidden", 404: "gone", 409: "conflict", 413: "tooLarge", 429: "tooMany" }[xhr.status];
  toast(reference ? `${say(known ?? "failed")} ${say("reference", reference)}` : say(known ?? "failed"), { tone: "late" });
});

/** A refusal that names a field is also shown at the field. */
document.addEventListener("ck:refused", (event) => {
  const { field, text } = event.detail ?? {};
  const form = event.target.closest?.("form");
  const control = form?.elements.namedItem(field);
  if (!(control instanceof HTMLElement)) return;
  const id = `${control.id || field}_refused`;
  document.getElementById(id)?.remove();
  const line = document.createElement("div");
  line.className = "ck-error";
  line.id = id;
  line.append(icon("warn", "ck-i--s"), document.createTextNode(text));
  control.setAttribute("aria-invalid", "true");
  control.setAttribute("aria-describedby", id);
  control.after(line);
  control.focus();
  control.addEventListener("input", () => {
    line.remove();
    control.removeAttribute("aria-invalid");
  }, { once: true });
});
