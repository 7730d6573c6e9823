// One stream of events a page: parts that name a topic are told when something of it happened.
//
// <section data-live="queue:3 board" hx-get="…" hx-trigger="live">: the part gets a `live` event
// (detail: kind, ids) and fetches what it may see. Nothing shown is taken from the stream itself.
import htmx from "./htmx.js";
import { say } from "./words.js";

const HIDDEN_FOR = 60000; // a page nobody looks at gives its line back, unless it asks to keep it
const GONE_FOR = 5000; // shorter breaks are not worth a word
const TOGETHER = 120; // events of one burst are told once

let source = null;
let heard = new Set();
let last = null;
let away = 0;
let broken = 0;
let replanned = 0;
const due = new Map();

const parts = () => document.querySelectorAll("[data-live]");
const topicsOf = (part) => part.dataset.live.split(/\s+/).filter(Boolean);

function tell(part, detail) {
  const waiting = due.get(part);
  if (waiting) {
    waiting.push(detail);
    return;
  }
  due.set(part, [detail]);
  setTimeout(() => {
    const details = due.get(part);
    due.delete(part);
    if (part.isConnected) part.dispatchEvent(new CustomEvent("live", { detail: { ...details.at(-1), events: details } }));
  }, TOGETHER);
}

function take(message) {
  if (message.lastEventId) last = message.lastEventId;
  const detail = JSON.parse(message.data);
  if (detail.kind === "reload") {
    for (const part of parts()) tell(part, detail);
    return;
  }
  if (!detail.topic) return;
  document.dispatchEvent(new CustomEvent("ck:live", { detail }));
  if (detail.kind.endsWith("typing")) return; // nothing new to fetch
  for (const part of parts()) if (topicsOf(part).includes(detail.topic)) tell(part, detail);
}

function notice(lost) {
  const bar = document.getElementById("ck-offline");
  if (!bar) return;
  bar.hidden = !lost;
  if (lost) bar.textContent = say("reconnecting");
}

function close() {
  source?.close();
  source = null;
  heard = new Set();
}

function open() {
  const wanted = new Set([...parts()].flatMap(topicsOf));
  if (!wanted.size || !document.body.dataset.ckLive) return;
  if (source && source.readyState !== EventSource.CLOSED && [...wanted].every((each) => heard.has(each))) return;
  close();
  heard = wanted;
  const address = new URL(document.body.dataset.ckLive, location.href);
  for (const topic of wanted) address.searchParams.append("topic", topic);
  if (last) address.searchParams.set("after", last);
  source = new EventSource(address);
  source.onmessage = take;
  source.onopen = () => {
    broken = 0;
    notice(false);
  };
  source.onerror = () => {
    broken ||= Date.now();
    if (Date.now() - broken > GONE_FOR) notice(true);
    // A refused line is not tried again by the browser: the person may have signed in elsewhere.
    if (source?.readyState === EventSource.CLOSED) setTimeout(open, 3000);
  };
}

function plan() {
  clearTimeout(replanned);
  replanned = setTimeout(open, 60);
}

document.addEventListener("visibilitychange", () => {
  clearTimeout(away);
  if (document.hidden) {
    if (!document.querySelector("[data-live-keep]")) away = setTimeout(close, HIDDEN_FOR);
  } else plan();
});
addEventListener("online", plan);
addEventListener("pagehide", close);
addEventListener("pageshow", plan);
htmx.onLoad(plan);
plan();
