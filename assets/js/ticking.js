// Clocks tick in place, corrected by the server's clock; nothing is announced to screen readers.
import { say } from "./words.js";

const skew = Date.now() / 1000 - Number(document.documentElement.dataset.ckNow || Date.now() / 1000);
const now = () => Date.now() / 1000 - skew;
const two = (value) => String(value).padStart(2, "0");

/** 76 → 1:16, 4980 → 1:23:00, from two days on in days. */
function elapsed(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole >= 172800) return say("days", Math.floor(whole / 86400));
  const hours = Math.floor(whole / 3600);
  const rest = `${hours ? two(Math.floor((whole % 3600) / 60)) : Math.floor(whole / 60)}:${two(whole % 60)}`;
  return hours ? `${hours}:${rest}` : rest;
}

/** Hours and minutes of a span: 2:14; from two days on in days. */
function span(seconds) {
  const minutes = Math.floor(Math.abs(seconds) / 60);
  if (minutes >= 2880) return say("days", Math.floor(minutes / 1440));
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}`;
}

function tick(root = document) {
  if (document.hidden) return;
  const moment = now();
  for (const clock of root.querySelectorAll("[data-ck-since]")) {
    const seconds = moment - Number(clock.dataset.ckSince);
    const [amber, red, dark] = (clock.dataset.ckThresholds || "60,100,180").split(",").map(Number);
    const tone = seconds >= dark ? "dark" : seconds >= red ? "red" : seconds >= amber ? "amber" : "";
    const text = elapsed(seconds);
    if (clock.lastChild?.nodeValue !== text) clock.lastChild ? (clock.lastChild.nodeValue = text) : clock.append(text);
    if (clock.dataset.ckTone !== tone) {
      clock.dataset.ckTone = tone;
      for (const each of ["amber", "red", "dark"]) clock.classList.toggle(`ck-clock--${each}`, each === tone);
    }
  }
  for (const clock of root.querySelectorAll("[data-ck-until]")) {
    const left = Number(clock.dataset.ckUntil) - moment;
    const text = left >= 0 ? say("left", span(left)) : say("over", span(left));
    if (clock.textContent !== text) clock.textContent = text;
    clock.classList.toggle("ck-late", left < 0);
    clock.classList.toggle("ck-wait", left >= 0 && left < Number(clock.dataset.ckWarn || 10800));
  }
  for (const clock of root.querySelectorAll("[data-ck-clock]")) {
    const text = new Date(moment * 1000).toLocaleTimeString("en-GB", { timeZone: clock.dataset.ckClock || undefined });
    if (clock.textContent !== text) clock.textContent = text;
  }
  for (const time of root.querySelectorAll("time[data-ck-ago]")) {
    const minutes = Math.floor((moment - Number(time.dataset.ckAgo)) / 60);
    if (minutes >= 1440) continue;
    const text = minutes < 1 ? say("justNow") : minutes < 60 ? say("minutesAgo", minutes) : say("hoursAgo", Math.floor(minutes / 60));
    if (time.textContent !== text) time.textContent = text;
  }
}
setInterval(tick, 1000);
document.addEventListener("visibilitychange", () => tick());
document.addEventListener("htmx:load", (event) => tick(event.target.parentElement ?? document));
tick();
