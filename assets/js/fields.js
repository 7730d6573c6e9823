// Fields: dates, searchable choices, dropped files, growing text, one-time keys, unsaved work.
import flatpickr from "flatpickr";
import { Mandarin } from "flatpickr/dist/l10n/zh.js";
import Sortable from "sortablejs";
import TomSelect from "tom-select/dist/esm/tom-select.js";
import clearButton from "tom-select/dist/esm/plugins/clear_button/plugin.js";
import removeButton from "tom-select/dist/esm/plugins/remove_button/plugin.js";
import htmx from "./htmx.js";
import { icon, say } from "./words.js";
import { toast } from "./toast.js";

TomSelect.define("clear_button", clearButton);
TomSelect.define("remove_button", removeButton);
if (document.documentElement.lang.startsWith("zh")) flatpickr.localize({ ...Mandarin, firstDayOfWeek: 1, rangeSeparator: " 至 " });
flatpickr.setDefaults({ allowInput: true, disableMobile: false, time_24hr: true, minuteIncrement: 5, errorHandler: () => {} });

function dates(root) {
  for (const input of root.querySelectorAll("input[data-ck-date], input[data-ck-datetime], input[data-ck-range]")) {
    if (input._flatpickr) continue;
    const range = "ckRange" in input.dataset;
    const timed = "ckDatetime" in input.dataset;
    // The picker of the phone is better than ours; ranges have none.
    if (!range && matchMedia("(pointer: coarse)").matches) {
      input.type = timed ? "datetime-local" : "date";
      continue;
    }
    const host = input.closest("dialog");
    flatpickr(input, {
      mode: range ? "range" : "single",
      enableTime: timed,
      dateFormat: timed ? "Y-m-d H:i" : "Y-m-d",
      ...(range && !document.documentElement.lang.startsWith("zh") ? { locale: { rangeSeparator: " – " } } : {}),
      ...(host ? { appendTo: host } : {}),
      prevArrow: "‹",
      nextArrow: "›",
      onClose: () => input.dispatchEvent(new Event("change", { bubbles: true })),
    });
  }
}

function choices(root) {
  for (const select of root.querySelectorAll("select[data-ck-select]")) {
    if (select.tomselect) continue;
    const url = select.dataset.ckSelectUrl;
    select.setAttribute("aria-hidden", "true");
    new TomSelect(select, {
      plugins: select.multiple ? ["remove_button"] : select.required ? [] : ["clear_button"],
      maxOptions: 200,
      allowEmptyOption: false,
      placeholder: select.dataset.ckPlaceholder ?? "",
      copyClassesToDropdown: false,
      dropdownParent: select.closest("dialog") ?? "body",
      valueField: "value",
      labelField: "text",
      searchField: ["text", "note"],
      ...(url ? {
        preload: "focus",
        load: (query, done) => fetch(url + encodeURIComponent(query), { headers: { Accept: "application/json" } })
          .then((answer) => answer.json()).then(done).catch(() => done()),
      } : {}),
      render: {
        no_results: () => `<div class="no-results">${say("noChoice")}</div>`,
        loading: () => `<div class="no-results">${say("loading")}</div>`,
        option: (item, escape) => `<div>${escape(item.text)}${item.note ? ` <small>${escape(item.note)}</small>` : ""}</div>`,
      },
    });
  }
}

function readable(bytes) {
  return bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

function drops(root) {
  for (const zone of root.querySelectorAll("[data-ck-drop]")) {
    if (zone.dataset.ckReady) continue;
    zone.dataset.ckReady = "1";
    const input = zone.querySelector("input[type=file]");
    const names = zone.querySelector("[data-ck-files]");
    const limit = Number(zone.dataset.ckMax || 0);
    const list = () => {
      names?.replaceChildren(...[...input.files].map((file) => {
        const line = document.createElement("li");
        const large = limit && file.size > limit;
        const words = document.createElement("span");
        words.className = "ck-cut ck-grow";
        words.textContent = file.name;
        const size = document.createElement("span");
        size.className = large ? "ck-late" : "ck-mut";
        size.textContent = large ? say("fileTooLarge", readable(file.size), readable(limit)) : readable(file.size);
        line.append(icon("file", "ck-i--s"), words, size);
        return line;
      }));
    };
    const take = (files) => {
      const basket = new DataTransfer();
      if (input.multiple) for (const file of input.files) basket.items.add(file);
      for (const file of input.multiple ? files : [...files].slice(0, 1)) basket.items.add(file);
      input.files = basket.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    };
    input.addEventListener("change", list);
    for (const kind of ["dragenter", "dragover"]) zone.addEventListener(kind, (event) => { event.preventDefault(); zone.classList.add("is-over"); });
    for (const kind of ["dragleave", "drop"]) zone.addEventListener(kind, () => zone.classList.remove("is-over"));
    zone.addEventListener("drop", (event) => { event.preventDefault(); take(event.dataTransfer.files); });
    (zone.closest("form") ?? zone).addEventListener("paste", (event) => {
      if (event.clipboardData.files.length) { event.preventDefault(); take(event.clipboardData.files); }
    });
  }
}

function orders(root) {
  for (const place of root.querySelectorAll("[data-ck-sort]")) {
    if (place.dataset.ckReady) continue;
    place.dataset.ckReady = "1";
    Sortable.create(place, {
      handle: ".ck-grip",
      animation: 120,
      onEnd: () => {
        const order = [...place.children].map((each) => each.dataset.id).filter(Boolean);
        if (place.dataset.ckSort) htmx.ajax("POST", place.dataset.ckSort, { values: { order }, swap: "none" });
      },
    });
  }
}

function grow(area) {
  if (!area.scrollHeight) return;
  area.style.height = "auto";
  area.style.height = `${Math.min(area.scrollHeight + 2, 320)}px`;
}

function dress(root) {
  dates(root);
  choices(root);
  drops(root);
  orders(root);
  root.querySelectorAll("textarea[data-ck-grow]").forEach(grow);
  root.querySelectorAll("[data-ck-end]").forEach((pane) => { pane.scrollTop = pane.scrollHeight; });
}
document.addEventListener("htmx:load", (event) => dress(event.target.parentElement ?? event.target));

document.addEventListener("input", (event) => {
  if (event.target.matches("textarea[data-ck-grow]")) grow(event.target);
  if (event.target.matches("[data-ck-count]")) {
    const out = document.getElementById(event.target.dataset.ckCount);
    if (out) out.textContent = `${event.target.value.length}/${event.target.maxLength}`;
  }
});
document.addEventListener("change", (event) => {
  const form = event.target.closest("[data-ck-submit]");
  if (!form) return;
  (form.matches("form") ? form : form.closest("form")).requestSubmit();
});
document.addEventListener("click", async (event) => {
  const copy = event.target.closest("[data-ck-copy]");
  if (copy) {
    await navigator.clipboard?.writeText(copy.dataset.ckCopy);
    toast(say("copied"), { tone: "done" });
  }
  const eye = event.target.closest("[data-ck-show]");
  if (eye) {
    const input = document.getElementById(eye.dataset.ckShow);
    input.type = input.type === "password" ? "text" : "password";
    eye.setAttribute("aria-pressed", input.type === "text");
  }
});

// A form whose answer was taken gets a new one-time key, so that the next submit is a new act.
function freshKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt.closest?.("form");
  if (!form?.isConnected || event.detail.requestConfig?.verb === "get" || !event.detail.successful) return;
  for (const key of form.querySelectorAll("input[name=_once]")) key.value = freshKey();
});

// A plain form is sent once; the button wakes again if the browser comes back to the page.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.target) return;
  setTimeout(() => form.querySelectorAll("button:not([type=button])").forEach((button) => button.setAttribute("aria-disabled", "true")), 0);
  form.dataset.ckSent = "1";
});
document.addEventListener("click", (event) => {
  if (event.target.closest('[aria-disabled="true"]')) event.preventDefault();
}, true);
addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-ck-sent]").forEach((form) => {
    delete form.dataset.ckSent;
    form.querySelectorAll('[aria-disabled="true"]').forEach((button) => button.removeAttribute("aria-disabled"));
  });
});

// A guarded form does not let typed text go without asking.
addEventListener("beforeunload", (event) => {
  const typed = [...document.querySelectorAll("form[data-ck-guard]")].some((form) => !form.dataset.ckSent
    && [...form.elements].some((each) => !["hidden", "submit", "button"].includes(each.type) && "defaultValue" in each
      && (each.type === "checkbox" || each.type === "radio" ? each.checked !== each.defaultChecked : each.value !== each.defaultValue)));
  if (typed) event.preventDefault();
});
