// The chat page: the server draws every line; this fetches, keeps what is typed, and sends it once.
const chat = document.querySelector("[data-chat]");
const { base, lang, longest } = chat.dataset;
const embedded = chat.dataset.embedded === "1";
const words = JSON.parse(chat.dataset.words);
const part = (name) => chat.querySelector(`[data-${name}]`);
const log = part("log");
const scroll = part("scroll");
const form = part("write");
const field = part("body");
const filesField = part("files");
const note = part("note");

// --- what stays in the browser; a browser that keeps nothing still chats
const prefix = `cangke:${chat.dataset.chat}:`;
const keep = {
  get(name) {
    try {
      return localStorage.getItem(prefix + name) ?? "";
    } catch {
      return "";
    }
  },
  set(name, value) {
    try {
      if (value) localStorage.setItem(prefix + name, value);
      else localStorage.removeItem(prefix + name);
    } catch {
      /* no store */
    }
  },
};

// --- who we are: a cookie where it travels, else the ticket kept here
const fresh = chat.dataset.ticket;
const ticket = fresh ? keep.get("ticket") || fresh : "";
const headers = () => ({
  "X-Requested-With": "fetch",
  ...(ticket ? { "X-Visitor": ticket } : { "X-Proof": chat.dataset.proof }),
});
const address = (name = "", query = {}) => `${base}${name}?${new URLSearchParams({ lang, ...query })}`;

function say(text, late = false) {
  const stay = atEnd();
  note.hidden = !text;
  note.textContent = text;
  note.classList.toggle("is-late", late);
  if (stay) toEnd();
}

// --- lines
const atEnd = () => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
const toEnd = () => { scroll.scrollTop = scroll.scrollHeight; };
const clock = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
const dated = new Intl.DateTimeFormat(document.documentElement.lang, { month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" });

function localTimes(root) {
  const today = new Date().toDateString();
  for (const time of root.querySelectorAll("time")) {
    const at = new Date(time.dateTime);
    time.textContent = (at.toDateString() === today ? clock : dated).format(at);
  }
}

const newestId = () => Number([...log.querySelectorAll("[data-id]")].at(-1)?.dataset.id ?? 0);

function take(html, { older = false } = {}) {
  const parsed = new DOMParser().parseFromString(`<ol>${html}</ol>`, "text/html");
  const lines = [...parsed.querySelectorAll("li[data-id]")];
  const stay = atEnd();
  const height = scroll.scrollHeight;
  const before = newestId();
  let arrived = 0;
  const first = log.querySelector("[data-id]");
  for (const line of lines) {
    localTimes(line);
    const known = log.querySelector(`[data-id="${Number(line.dataset.id)}"]`);
    if (known) {
      if (known.innerHTML !== line.innerHTML) known.replaceWith(document.adoptNode(line));
      continue;
    }
    document.adoptNode(line);
    if (older) first ? first.before(line) : log.append(line);
    else {
      line.classList.add("is-new");
      const waiting = log.querySelector(".is-waiting, .is-lost");
      waiting ? waiting.before(line) : log.append(line);
      if (Number(line.dataset.id) > before && !line.classList.contains("ck-said--own")) arrived += 1;
    }
  }
  if (log.querySelector("[data-id]")) {
    part("greeting")?.remove();
    part("who")?.remove();
  }
  if (!older) showEnding(parsed.querySelector("[data-ending]"));
  if (older) scroll.scrollTop += scroll.scrollHeight - height;
  else if (stay) toEnd();
  // Whether the page shows nothing from before these lines.
  const reached = log.querySelector("[data-id]")?.dataset.id === lines[0]?.dataset.id;
  return { arrived, count: lines.length, reached };
}

// What is half filled in stays as long as the same is asked.
function showEnding(ending) {
  const shown = part("ending");
  if (shown?.dataset.ending === ending?.dataset.ending) return;
  part("ending-place").replaceChildren(...(ending ? [document.adoptNode(ending)] : []));
}

let fetching = null;
let again = false;
async function refresh() {
  if (fetching) {
    again = true;
    return fetching;
  }
  fetching = (async () => {
    do {
      again = false;
      const answer = await fetch(address("messages/"), { headers: headers() });
      if (!answer.ok) return;
      const { arrived, count, reached } = take(await answer.text());
      if (count >= 50 && reached) offerOlder();
      if (arrived) {
        quiet();
        tellTitle(arrived);
      }
      tellSeen();
    } while (again);
  })().catch(() => {}).finally(() => { fetching = null; });
  return fetching;
}

function offerOlder() {
  if (part("older")) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "ck-older";
  button.dataset.older = "";
  button.textContent = words.older;
  button.addEventListener("click", async () => {
    const first = log.querySelector("[data-id]")?.dataset.id;
    const answer = await fetch(address("messages/", { before: first }), { headers: headers() }).catch(() => null);
    if (answer?.ok && take(await answer.text(), { older: true }).count < 50) button.remove();
  });
  log.before(button);
}

// --- seen: the page has it, the person looks at it
let opened = !embedded;
let unseen = 0;
let told = { id: 0, read: "" };
const title = document.title;
const looks = () => opened && document.visibilityState === "visible";

function tellTitle(count) {
  if (looks()) return;
  unseen += count;
  document.title = `(${unseen}) ${title}`;
}
function tellSeen() {
  const others = [...log.querySelectorAll("li[data-id]:not(.ck-said--own)")];
  const newest = Number(others.at(-1)?.dataset.id ?? 0);
  if (looks()) {
    unseen = 0;
    document.title = title;
    keep.set("read", String(newest || ""));
  }
  const readTo = Number(keep.get("read") || 0);
  tellParent({ unread: others.filter((line) => Number(line.dataset.id) > readTo).length });
  const read = looks() ? "1" : "0";
  if (!newest || (told.id === newest && told.read >= read)) return;
  told = { id: newest, read };
  post("seen/", { read });
}
function post(name, values) {
  return fetch(address(name), { method: "POST", headers: headers(), body: new URLSearchParams(values), keepalive: true }).catch(() => null);
}
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") {
    listen();
    refresh();
  }
});

// --- the shop's page around a frame
let parent = null;
function tellParent(message) {
  if (embedded && parent) window.parent.postMessage({ cangke: message }, parent);
}
if (embedded) {
  addEventListener("message", (event) => {
    if (event.source !== window.parent || !event.data?.cangke) return;
    parent = event.origin;
    if ("open" in event.data.cangke) {
      opened = event.data.cangke.open;
      if (opened) {
        toEnd();
        field.focus();
      }
      tellSeen();
    }
  });
  part("close")?.addEventListener("click", () => tellParent({ close: true }));
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing) tellParent({ close: true });
  });
  window.parent.postMessage({ cangke: { ready: true } }, "*");
}

// --- typing
let quietAt = 0;
function quiet() {
  clearTimeout(quietAt);
  part("typing").hidden = true;
}
function othersType() {
  const line = part("typing");
  line.textContent = words.typing;
  line.hidden = false;
  if (atEnd()) toEnd();
  clearTimeout(quietAt);
  quietAt = setTimeout(quiet, 6000);
}

// --- the stream: it says that there is something, never what
let line = null;
let last = "";
let tries = 0;
async function listen() {
  if (line || !known()) return;
  const stop = new AbortController();
  line = stop;
  try {
    const answer = await fetch(address("stream/"), {
      headers: { ...headers(), ...(last ? { "Last-Event-ID": last } : {}) },
      signal: stop.signal,
      cache: "no-store",
    });
    if (!answer.ok) throw new Error(String(answer.status));
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      tries = 0;
      const blocks = (rest + value).split("\n\n");
      rest = blocks.pop();
      for (const block of blocks) hear(block);
    }
  } catch {
    /* tried again below */
  }
  line = null;
  if (stop.signal.aborted) return;
  tries += 1;
  setTimeout(() => {
    refresh();
    listen();
  }, Math.min(1500 * 2 ** Math.min(tries - 1, 5), 30000) * (0.75 + Math.random() / 2));
}
function hear(block) {
  let data = "";
  for (const row of block.split("\n")) {
    if (row.startsWith("id:")) last = row.slice(3).trim();
    if (row.startsWith("data:")) data += row.slice(5).trim();
  }
  if (!data) return;
  const { kind } = JSON.parse(data);
  if (kind === "typing") othersType();
  else if (kind !== "hello") refresh();
}
addEventListener("pagehide", () => line?.abort());
addEventListener("pageshow", (event) => {
  if (event.persisted) {
    line = null;
    listen();
    refresh();
  }
});

// A visitor of the frame is known only from the first message on: nothing to hear before.
let spoken = !ticket || Boolean(keep.get("ticket"));
function known() {
  return spoken;
}

// --- sending: kept until the server has it, each text under one token
const newToken = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const filesOf = new Map();
let queue = [];
try {
  queue = JSON.parse(keep.get("queue") || "[]");
} catch {
  queue = [];
}
const keepQueue = () => keep.set("queue", queue.length ? JSON.stringify(queue) : "");

function drawWaiting() {
  for (const old of log.querySelectorAll(".is-waiting, .is-lost")) old.remove();
  for (const item of queue) {
    const row = document.createElement("li");
    row.className = `ck-said ck-said--own ${item.error ? "is-lost" : "is-waiting"}`;
    const by = document.createElement("p");
    by.className = "ck-said__by";
    by.append(item.error || (navigator.onLine ? words.sending : words.queued));
    if (item.error) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "ck-said__again";
      button.textContent = words.retry;
      button.addEventListener("click", () => {
        item.error = "";
        flush();
      });
      by.append(button);
    }
    const text = document.createElement("div");
    text.className = "ck-said__t";
    text.textContent = item.body || item.files.join("、");
    row.append(by, text);
    log.append(row);
  }
}

let flushing = false;
let resting = 0;
async function flush() {
  if (flushing) return;
  flushing = true;
  clearTimeout(resting);
  drawWaiting();
  toEnd();
  let item;
  while ((item = queue.find((each) => !each.error))) {
    const wait = await send(item);
    keepQueue();
    if (wait) {
      resting = setTimeout(flush, wait);
      break;
    }
  }
  flushing = false;
  drawWaiting();
}

// Returns the milliseconds to wait before the next attempt, 0 to go on.
async function send(item) {
  const files = filesOf.get(item.token) ?? [];
  if (item.files.length && !files.length && !item.body) {
    item.error = words.fileLost;
    return 0;
  }
  const data = new FormData();
  for (const [name, value] of Object.entries({ body: item.body, client_token: item.token, ...item.who })) data.append(name, value);
  for (const file of files) data.append("files", file);
  let answer;
  try {
    answer = await fetch(address(), { method: "POST", headers: headers(), body: data });
  } catch {
    say(words.offline);
    return 5000;
  }
  if (answer.ok) {
    say(item.files.length && !files.length ? words.fileLost : "");
    queue = queue.filter((each) => each !== item);
    filesOf.delete(item.token);
    if (ticket) keep.set("ticket", ticket);
    spoken = true;
    await refresh();
    listen();
    return 0;
  }
  if (answer.status === 429) {
    const seconds = Number(answer.headers.get("Retry-After")) || 10;
    say(words.wait.replace("%d", String(seconds)));
    return seconds * 1000 + 500;
  }
  if (answer.status >= 500) {
    say(words.offline);
    return 8000;
  }
  const told = await answer.json().catch(() => ({}));
  item.error = told.error || words.failed;
  say(item.error, true);
  if (told.field === "email") {
    // The text goes back to where it can be sent from together with the address.
    queue = queue.filter((each) => each !== item);
    if (!field.value) field.value = item.body;
    const who = part("who");
    if (who) {
      who.open = true;
      who.querySelector("[name=email]").focus();
    }
  }
  return 0;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const files = [...filesField.files];
  const body = field.value.trim();
  if (!body && !files.length) {
    field.focus();
    return;
  }
  if (files.length > 5) return say(words.filesMany, true);
  if (files.some((file) => file.size > 10 * 1024 * 1024)) return say(words.fileLarge, true);
  const who = {};
  for (const input of part("who")?.querySelectorAll("input") ?? []) {
    if (!input.reportValidity()) return;
    if (input.value.trim()) who[input.name] = input.value.trim();
  }
  const item = { token: newToken(), body: body.slice(0, Number(longest)), who, files: files.map((file) => file.name), error: "" };
  if (files.length) filesOf.set(item.token, files);
  queue.push(item);
  keepQueue();
  field.value = "";
  filesField.value = "";
  chosen();
  keep.set("draft", "");
  grow();
  say("");
  flush();
  field.focus();
});

// --- how it was: asked once the talk has ended
chat.addEventListener("submit", async (event) => {
  const rate = event.target.closest("[data-rate]");
  if (!rate) return;
  event.preventDefault();
  const button = rate.querySelector("button");
  button.disabled = true;
  const answer = await post("rate/", new FormData(rate));
  button.disabled = false;
  const told = answer?.ok ? {} : ((await answer?.json().catch(() => null)) ?? {});
  say(answer?.ok ? "" : told.error || words.notRated, !answer?.ok);
  if (answer?.ok || answer?.status === 409) await refresh();
});

// --- the field
function grow() {
  field.style.height = "auto";
  field.style.height = `${Math.min(field.scrollHeight + 2, 160)}px`;
}
function chosen() {
  const list = part("chosen");
  list.replaceChildren(...[...filesField.files].map((file) => {
    const row = document.createElement("li");
    row.append(file.name);
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-label", words.remove.replace("%s", file.name));
    button.textContent = "×";
    button.addEventListener("click", () => {
      const left = new DataTransfer();
      for (const other of filesField.files) if (other !== file) left.items.add(other);
      filesField.files = left.files;
      chosen();
      field.focus();
    });
    row.append(button);
    return row;
  }));
  list.hidden = !filesField.files.length;
}
let typedAt = 0;
field.addEventListener("input", () => {
  grow();
  keep.set("draft", field.value);
  if (known() && log.querySelector("[data-id]") && Date.now() - typedAt > 4000) {
    typedAt = Date.now();
    post("typing/", {});
  }
});
field.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  form.requestSubmit();
});
field.addEventListener("paste", (event) => {
  if (!event.clipboardData?.files.length) return;
  filesField.files = event.clipboardData.files;
  chosen();
});
filesField.addEventListener("change", chosen);
addEventListener("online", () => {
  say("");
  flush();
  refresh();
  listen();
});
addEventListener("offline", () => say(words.offline));

// --- begin
if (!field.value) field.value = keep.get("draft");
grow();
localTimes(document);
drawWaiting();
toEnd();
if (known()) {
  refresh().then(toEnd);
  listen();
}
if (queue.length) flush();
if (!embedded && matchMedia("(pointer: fine)").matches) field.focus();
