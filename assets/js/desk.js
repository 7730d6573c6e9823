// The workbench: nothing typed is lost, nothing is sent twice, new lines do not move what is read.
import htmx from "./htmx.js";
import { say } from "./words.js";
import { toast } from "./toast.js";

const composer = () => document.querySelector("[data-desk-composer]");
const field = () => composer()?.querySelector("textarea");
const NEAR = 120;
const SAVE_AFTER = 900;

// --- the thread keeps its place: at the end if it was there, else where it was
let atEnd = true;
const pane = () => document.querySelector("[data-desk-scroll]");
const toEnd = () => {
  const element = pane();
  if (element) element.scrollTop = element.scrollHeight;
};
document.addEventListener("scroll", (event) => {
  if (event.target instanceof Element && event.target.matches("[data-desk-scroll]")) {
    atEnd = event.target.scrollHeight - event.target.scrollTop - event.target.clientHeight < NEAR;
    document.querySelector("[data-desk-newer]")?.toggleAttribute("hidden", atEnd);
  }
}, true);
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.matches?.("[data-desk-pane]")) {
    atEnd = true;
    toEnd();
    focusComposer();
  } else if (event.target.closest?.("[data-desk-scroll]") && atEnd && !event.detail.requestConfig?.path?.includes("before=")) toEnd();
});
let heightBefore = 0;
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.pathInfo?.requestPath?.includes("before=")) heightBefore = pane()?.scrollHeight ?? 0;
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (heightBefore && pane() && event.detail.pathInfo?.requestPath?.includes("before=")) {
    pane().scrollTop += pane().scrollHeight - heightBefore;
    heightBefore = 0;
  }
});
document.addEventListener("click", (event) => event.target.closest("[data-desk-newer]") && toEnd());

function focusComposer() {
  const text = field();
  if (text && matchMedia("(min-width: 800px)").matches) {
    text.focus();
    text.setSelectionRange(text.value.length, text.value.length);
  }
}

// --- drafts: on the server every second of typing, in the browser at every key
const keyOf = () => `ck-draft:${composer()?.dataset.deskComposer}`;
let saving = 0;
function keep() {
  const text = field();
  if (!text) return;
  try {
    if (text.value) localStorage.setItem(keyOf(), text.value);
    else localStorage.removeItem(keyOf());
  } catch {
    /* a full or closed store: the server's draft remains */
  }
  clearTimeout(saving);
  saving = setTimeout(save, SAVE_AFTER);
}
async function save() {
  const form = composer();
  const text = field();
  if (!form || !text) return;
  const mark = form.querySelector("[data-desk-saved]");
  const body = new FormData();
  body.set("body", text.value);
  body.set("is_note", form.querySelector("[name=is_note]")?.value ?? "");
  const answer = await fetch(form.dataset.draftUrl, {
    method: "POST",
    body,
    keepalive: true,
    headers: { "X-CSRFToken": form.querySelector("[name=csrfmiddlewaretoken]").value },
  }).catch(() => null);
  if (mark) mark.textContent = answer?.ok ? (await answer.text()) : say("draftHere");
}
function grow(text) {
  text.style.height = "auto";
  text.style.height = `${Math.min(text.scrollHeight, innerHeight * 0.4)}px`;
}
function revive() {
  const text = field();
  if (!text || text.dataset.revived) return;
  text.dataset.revived = "1";
  try {
    const kept = localStorage.getItem(keyOf());
    if (kept && kept !== text.value && !text.value) text.value = kept;
  } catch {
    /* no store */
  }
  grow(text);
}
htmx.onLoad(revive);

document.addEventListener("input", (event) => {
  if (!event.target.matches("[data-desk-composer] textarea")) return;
  grow(event.target);
  unask();
  keep();
  scripts(event.target);
  typing();
});

// --- a question about what was typed goes away once it is typed anew
const unask = () => document.getElementById("desk-ask")?.replaceChildren();
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-desk-unask]")) return;
  unask();
  field()?.focus();
});

let typed = 0;
function typing() {
  const url = composer()?.dataset.typingUrl;
  if (!url || Date.now() - typed < 4000) return;
  typed = Date.now();
  fetch(url, { method: "POST", headers: { "X-CSRFToken": composer().querySelector("[name=csrfmiddlewaretoken]").value } }).catch(() => null);
}

// --- from the other side: the customer is typing, and how far a reply has come
let silent = 0;
let looking = 0;
document.addEventListener("ck:live", ({ detail }) => {
  const open = document.getElementById("desk-open")?.value;
  if (!open || detail.topic !== `conversation:${open}`) return;
  const types = document.querySelector("[data-desk-typing]");
  if (types) types.hidden = detail.kind !== "visitor_typing";
  if (detail.kind === "visitor_typing") {
    clearTimeout(silent);
    silent = setTimeout(() => types?.toggleAttribute("hidden", true), 6000);
    if (atEnd) toEnd();
  } else if (detail.kind === "delivery") {
    clearTimeout(looking);
    looking = setTimeout(lookAgain, 300);
  }
});
async function lookAgain() {
  const address = document.getElementById("desk-newest")?.getAttribute("hx-get")?.split("?")[0];
  const answer = address && (await fetch(address, { headers: { "HX-Request": "true" } }).catch(() => null));
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const line of fresh.querySelectorAll(".ck-msg[id]")) {
    const shown = document.getElementById(line.id);
    if (!shown || shown.innerHTML === line.innerHTML) continue;
    shown.replaceWith(document.adoptNode(line));
    htmx.process(document.getElementById(line.id));
  }
  if (atEnd) toEnd();
}

// --- sending: one token a text, kept until the server has it
const token = () => (crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random()}`);
document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.elt !== composer()) return;
  const hidden = composer().querySelector("[name=client_token]");
  hidden.value ||= token();
  event.detail.parameters.set?.("client_token", hidden.value);
  clearTimeout(saving);
});
function empty(form) {
  clearTimeout(saving);
  try {
    localStorage.removeItem(keyOf());
  } catch {
    /* no store */
  }
  const text = field();
  text.value = "";
  unask();
  form.querySelector("[name=client_token]").value = "";
  form.querySelector("[name=script]").value = "";
  const files = form.querySelector("[type=file]");
  if (files) files.value = "";
  chosen();
  grow(text);
  atEnd = true;
  toEnd();
  text.focus();
}
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt;
  if (form !== composer()) return;
  if (event.detail.successful && event.detail.xhr.status < 400) {
    empty(form);
  } else if (!event.detail.xhr?.status) toast(say("notSent"), { tone: "late" });
});
document.addEventListener("keydown", (event) => {
  const text = event.target;
  if (!(text instanceof HTMLTextAreaElement) || !text.closest("[data-desk-composer]") || event.isComposing) return;
  if (coming && event.key === "Enter" && !event.shiftKey) {
    takeFirst(event);
    return;
  }
  if (menu() && ["ArrowDown", "ArrowUp", "Enter", "Tab", "Escape"].includes(event.key)) {
    steer(event);
    return;
  }
  if (event.key === "Enter" && !event.shiftKey && !event.altKey) {
    event.preventDefault();
    if (text.value.trim() || text.form.querySelector("[type=file]")?.files.length) text.form.requestSubmit();
  } else if (event.key === "Escape") text.blur();
});

// --- a reply for later begins with what has been typed
document.addEventListener("ck:clear-composer", () => composer() && empty(composer()));
htmx.onLoad((place) => {
  const text = place.querySelector?.("textarea[data-desk-later]");
  if (text && field()?.value) text.value = field().value;
});

// --- reply or note
document.addEventListener("click", (event) => {
  const tab = event.target.closest("[data-desk-mode]");
  if (!tab) return;
  const form = composer();
  const note = tab.dataset.deskMode === "note";
  for (const each of form.querySelectorAll("[data-desk-mode]")) each.setAttribute("aria-selected", String(each === tab));
  form.querySelector("[name=is_note]").value = note ? "1" : "";
  form.classList.toggle("is-note", note);
  field().placeholder = note ? form.dataset.notePlaceholder : form.dataset.replyPlaceholder;
  field().focus();
});

// --- scripts: "/" and some letters
let asked = "";
let coming = null;
const menu = () => document.querySelector("[data-desk-scripts]:not([hidden]) [role=option]") && document.querySelector("[data-desk-scripts]");
function slash(text) {
  const before = text.value.slice(0, text.selectionStart);
  return before.match(/(?:^|\s|[\u3000-\u9fff\uff00-\uffef])\/([^\s/]{0,20})$/);
}
function scripts(text) {
  const place = document.querySelector("[data-desk-scripts]");
  if (!place) return;
  const match = slash(text);
  if (!match) {
    place.hidden = true;
    asked = "";
    coming = null;
    return;
  }
  if (asked === match[1] && (coming || !place.hidden)) return;
  asked = match[1];
  const address = new URL(place.dataset.url, location.href);
  address.searchParams.set("q", match[1]);
  // Only the list for what was typed last is shown; an answer that was overtaken is not.
  const mine = fetch(address, { headers: { "HX-Request": "true" } })
    .then((answer) => (answer.ok && !answer.redirected ? answer.text() : ""))
    .catch(() => "")
    .then((list) => {
      if (coming !== mine) return;
      coming = null;
      place.innerHTML = list;
      place.hidden = !place.querySelector("[role=option]");
      mark(place.querySelector("[role=option]"));
    });
  coming = mine;
}
// Enter, pressed before the list has come, means its first line.
function takeFirst(event) {
  event.preventDefault();
  coming.then(() => (coming ? takeFirst(event) : menu() && steer(event)));
}
function mark(option) {
  const place = document.querySelector("[data-desk-scripts]");
  for (const each of place.querySelectorAll("[role=option]")) {
    each.classList.toggle("is-on", each === option);
    each.setAttribute("aria-selected", String(each === option));
  }
  const view = place.querySelector("[data-script-view]");
  if (view && option) view.textContent = option.dataset.text;
  option?.scrollIntoView({ block: "nearest" });
}
function steer(event) {
  const place = document.querySelector("[data-desk-scripts]");
  const options = [...place.querySelectorAll("[role=option]")];
  const now = options.findIndex((each) => each.classList.contains("is-on"));
  event.preventDefault();
  if (event.key === "Escape") {
    place.hidden = true;
    return;
  }
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const step = event.key === "ArrowDown" ? 1 : -1;
    mark(options[(now + step + options.length) % options.length]);
    return;
  }
  insert(options[Math.max(now, 0)]);
}
function insert(option) {
  const text = field();
  const match = slash(text);
  const words = option.dataset.text;
  const from = match ? text.selectionStart - match[1].length - 1 : text.selectionStart;
  text.setRangeText(words, from, text.selectionStart, "end");
  const blank = words.match(/【[^【】]+】/);
  if (blank) text.setSelectionRange(from + blank.index, from + blank.index + blank[0].length);
  composer().querySelector("[name=script]").value = option.dataset.script ?? "";
  const place = document.querySelector("[data-desk-scripts]");
  if (place) place.hidden = true;
  grow(text);
  keep();
  text.focus();
}
document.addEventListener("mousedown", (event) => {
  const option = event.target.closest("[data-desk-scripts] [role=option]");
  if (!option) return;
  event.preventDefault();
  insert(option);
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-desk-slash]")) {
    const text = field();
    text.setRangeText("/", text.selectionStart, text.selectionEnd, "end");
    text.focus();
    scripts(text);
  }
  const words = event.target.closest("[data-desk-insert]");
  if (words && field()) {
    if (words.dataset.script) composer().querySelector("[name=script]").value = words.dataset.script;
    field().setRangeText(words.dataset.deskInsert, field().selectionStart, field().selectionEnd, "end");
    grow(field());
    keep();
    field().focus();
  }
});

// --- pictures and files: chosen, pasted or dropped
function chosen() {
  const form = composer();
  const list = form?.querySelector("[data-desk-files]");
  if (!list) return;
  const files = [...form.querySelector("[type=file]").files];
  list.hidden = !files.length;
  list.replaceChildren(...files.map((file) => {
    const item = document.createElement("span");
    item.className = "ck-tag";
    item.textContent = file.name;
    return item;
  }));
}
function add(files) {
  const input = composer()?.querySelector("[type=file]");
  if (!input || !files.length) return;
  const all = new DataTransfer();
  for (const file of [...input.files, ...files]) all.items.add(file);
  input.files = all.files;
  chosen();
}
document.addEventListener("change", (event) => event.target.matches("[data-desk-composer] [type=file]") && chosen());
document.addEventListener("paste", (event) => {
  if (!event.target.closest?.("[data-desk-composer]") || !event.clipboardData?.files.length) return;
  event.preventDefault();
  add(event.clipboardData.files);
});
document.addEventListener("dragover", (event) => event.target.closest?.("[data-desk-pane]") && composer() && event.preventDefault());
document.addEventListener("drop", (event) => {
  if (!event.target.closest?.("[data-desk-pane]") || !composer()) return;
  event.preventDefault();
  add(event.dataTransfer.files);
});

// --- the pane of the same conversation may be drawn anew: what was chosen but not sent stays
let unsent = null;
document.addEventListener("htmx:beforeSwap", (event) => {
  if (!event.detail.shouldSwap || !event.detail.target?.matches?.("[data-desk-pane]")) return;
  const form = composer();
  unsent = form && { of: form.dataset.deskComposer, files: [...form.querySelector("[type=file]").files], script: form.querySelector("[name=script]").value };
});
document.addEventListener("htmx:afterSwap", (event) => {
  const form = event.target.matches?.("[data-desk-pane]") && composer();
  if (form && unsent?.of === form.dataset.deskComposer) {
    form.querySelector("[name=script]").value = unsent.script;
    add(unsent.files);
  }
  if (event.target.matches?.("[data-desk-pane]")) unsent = null;
});

// --- j and k walk through my conversations; the queue keeps its order under the pointer
document.addEventListener("keydown", (event) => {
  if (!["j", "k"].includes(event.key) || event.metaKey || event.ctrlKey || event.altKey) return;
  if (event.target.closest?.("input, textarea, select, [contenteditable], dialog[open]")) return;
  const rows = [...document.querySelectorAll(".ck-desk__queue .ck-conv")];
  if (!rows.length) return;
  const now = rows.findIndex((each) => each.classList.contains("is-on"));
  const next = rows[Math.min(Math.max(now + (event.key === "j" ? 1 : -1), 0), rows.length - 1)];
  event.preventDefault();
  next.click();
  next.scrollIntoView({ block: "nearest" });
});
document.addEventListener("htmx:beforeRequest", (event) => {
  // New data must not move the row under the pointer: wait until it has left.
  const list = event.detail.elt;
  if (!list.matches("[data-desk-inbox]") || event.detail.requestConfig.triggeringEvent?.type !== "live") return;
  if (!list.matches(":hover") || list.dataset.late) return;
  event.preventDefault();
  list.dataset.late = "1";
  const again = () => {
    delete list.dataset.late;
    htmx.trigger(list, "live");
  };
  const patience = setTimeout(again, 4000);
  list.addEventListener("mouseleave", () => {
    clearTimeout(patience);
    if (list.dataset.late) again();
  }, { once: true });
});
document.addEventListener("click", (event) => {
  const row = event.target.closest(".ck-desk__queue .ck-conv");
  if (!row) return;
  for (const each of document.querySelectorAll(".ck-desk__queue .ck-conv")) each.classList.toggle("is-on", each === row);
});

// --- presence: a heartbeat while the page is open
setInterval(() => {
  const place = document.querySelector("[data-desk-heartbeat]");
  if (!place) return;
  fetch(place.dataset.deskHeartbeat, {
    method: "POST",
    body: new URLSearchParams({ active: String(Date.now() - moved < 60000) }),
    headers: { "X-CSRFToken": place.dataset.csrf },
  }).catch(() => null);
}, 10000);
let moved = Date.now();
for (const kind of ["keydown", "pointermove", "pointerdown"]) addEventListener(kind, () => { moved = Date.now(); }, { passive: true });
