// The frame: theme at once, badges after the page, signed-out notice, charts when one is there.
import htmx from "./htmx.js";
import { toast } from "./toast.js";

const root = document.documentElement;

document.addEventListener("submit", (event) => {
  const theme = event.submitter?.name === "theme" && event.submitter.value;
  if (!theme) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  root.dataset.ckTheme = theme;
  for (const each of event.target.querySelectorAll("[name=theme]")) each.setAttribute("aria-pressed", each === event.submitter);
  const form = new FormData(event.target, event.submitter);
  fetch(event.target.action, { method: "POST", body: form, headers: { "HX-Request": "true" } });
}, true);
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-ck-theme-toggle]")) return;
  const wanted = root.dataset.bsTheme === "dark" ? "light" : "dark";
  const button = document.querySelector(`button[name=theme][value=${wanted}]`);
  if (!button) return;
  event.preventDefault();
  button.form.requestSubmit(button);
});

async function badges() {
  const url = document.body.dataset.ckBadges;
  if (!url || document.hidden) return;
  const answer = await fetch(url, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok) return;
  const counts = await answer.json();
  for (const badge of document.querySelectorAll("[data-ck-badge]")) {
    const { count = 0, late = false } = counts[badge.dataset.ckBadge] ?? {};
    badge.textContent = count > 99 ? "99+" : count;
    badge.hidden = !count;
    badge.classList.toggle("ck-badge--late", late);
  }
}
if (document.body.dataset.ckBadges) {
  badges();
  setInterval(badges, 60000);
  document.addEventListener("ck:refresh-badges", badges);
  document.addEventListener("visibilitychange", badges);
}

document.addEventListener("ck:signed-out", () => {
  const dialog = document.getElementById("ck-signed-out");
  if (dialog && !dialog.open) dialog.showModal();
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-ck-close-after]")) event.target.closest("dialog").close();
  if (event.target.closest("[data-ck-back]")) history.length > 1 ? history.back() : location.assign("/");
  if (event.target.closest("[data-ck-print]")) print();
});

// What the last page left to say.
const tones = { success: "done", error: "late", warning: "wait" };
for (const message of document.querySelectorAll("[data-ck-toast]")) {
  const kind = message.dataset.ckToast.split(" ").pop();
  toast(message.textContent.trim(), { tone: tones[kind] ?? "" });
}
document.querySelector(".ck-messages")?.remove();

// A picker of a list's count comes after the list; a picture only where one stands.
async function charts(place) {
  const figures = [...place.querySelectorAll("[data-ck-chart]")].filter((each) => !each.dataset.ckReady);
  if (!figures.length || !root.dataset.ckCharts) return;
  const { draw } = await import(root.dataset.ckCharts);
  for (const figure of figures) {
    figure.dataset.ckReady = "1";
    draw(figure);
  }
}
htmx.onLoad((element) => charts(element.parentElement ?? element));
