// The button a shop's page shows, and the frame behind it. `ckChat` is written in front by the server.
(() => {
  const config = ckChat;
  const script = document.currentScript;
  if (!script || document.getElementById("cangke-chat")) return;
  const origin = new URL(script.src, location.href).origin;
  const storeKey = `cangke:${config.key}:seen`;

  const host = document.createElement("div");
  host.id = "cangke-chat";
  const root = host.attachShadow({ mode: "open" });
  const style = new CSSStyleSheet();
  style.replaceSync(`
    :host { all: initial; }
    .open, .frame { position: fixed; z-index: 2147483000; right: max(20px, env(safe-area-inset-right)); }
    .open {
      bottom: max(20px, env(safe-area-inset-bottom)); width: 56px; height: 56px; border: 0; border-radius: 50%; padding: 0;
      background: ${config.ground}; color: ${config.text}; display: grid; place-items: center; cursor: pointer;
      box-shadow: 0 2px 6px rgb(20 28 45 / 18%), 0 8px 24px rgb(20 28 45 / 20%);
    }
    .open:focus-visible { outline: 3px solid ${config.ground}; outline-offset: 3px; }
    svg { width: 28px; height: 28px; fill: none; stroke: currentcolor; stroke-width: 1.75; stroke-linecap: round; stroke-linejoin: round; }
    .count {
      position: absolute; top: -4px; right: -4px; min-width: 22px; height: 22px; padding: 0 6px; border-radius: 11px; box-sizing: border-box;
      background: #b42323; color: #fff; font: 600 13px/22px system-ui, sans-serif; text-align: center;
    }
    [hidden] { display: none; }
    .frame {
      bottom: 88px; width: 384px; height: min(640px, calc(100dvh - 108px)); border: 0; border-radius: 12px; background: #fff;
      box-shadow: 0 2px 8px rgb(20 28 45 / 16%), 0 16px 48px rgb(20 28 45 / 24%); color-scheme: normal;
    }
    @media (max-width: 480px), (max-height: 480px) {
      .frame { inset: 0; width: 100%; height: 100%; border-radius: 0; }
    }
  `);
  root.adoptedStyleSheets = [style];

  const button = document.createElement("button");
  button.type = "button";
  button.className = "open";
  button.setAttribute("aria-expanded", "false");
  button.setAttribute("aria-label", config.words.open);
  button.innerHTML = '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M4 5h16v11h-8l-5 4v-4H4z"/></svg><span class="count" hidden></span>';
  const count = button.querySelector(".count");
  root.append(button);

  let frame = null;
  let isOpen = false;
  let ready = false;
  const tell = (message) => ready && frame.contentWindow?.postMessage({ cangke: message }, origin);

  function load() {
    if (frame) return;
    frame = document.createElement("iframe");
    frame.className = "frame";
    frame.hidden = true;
    frame.title = `${config.title} · ${config.words.open}`;
    frame.referrerPolicy = "origin";
    frame.allow = "clipboard-write";
    const language = (document.documentElement.lang || config.language).toLowerCase().startsWith("en") ? "en" : config.language;
    frame.src = `${origin}${config.path}?embed=1&lang=${encodeURIComponent(language)}`;
    root.append(frame);
  }
  function show(wanted) {
    if (wanted) {
      load();
      try {
        localStorage.setItem(storeKey, "1");
      } catch {
        /* no store */
      }
    }
    if (!frame || isOpen === wanted) return;
    isOpen = wanted;
    frame.hidden = !wanted;
    button.setAttribute("aria-expanded", String(wanted));
    button.setAttribute("aria-label", wanted ? config.words.close : config.words.open);
    tell({ open: wanted });
    if (wanted) frame.focus();
    else button.focus();
  }

  addEventListener("message", (event) => {
    if (!frame || event.source !== frame.contentWindow || event.origin !== origin) return;
    const said = event.data?.cangke;
    if (!said) return;
    if (said.ready) {
      ready = true;
      tell({ open: isOpen });
    }
    if (said.close) show(false);
    if ("unread" in said) {
      const unread = isOpen ? 0 : Number(said.unread) || 0;
      count.hidden = !unread;
      count.textContent = unread > 99 ? "99+" : String(unread);
      if (!isOpen) button.setAttribute("aria-label", unread ? `${config.words.open} · ${config.words.unread.replace("%d", unread)}` : config.words.open);
    }
  });
  button.addEventListener("click", () => show(!isOpen));
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && isOpen) show(false);
  });

  const begin = () => {
    document.body.append(host);
    // Whoever has talked before hears of answers without opening.
    try {
      if (localStorage.getItem(storeKey)) (window.requestIdleCallback ?? setTimeout)(load);
    } catch {
      /* no store */
    }
  };
  if (document.body) begin();
  else addEventListener("DOMContentLoaded", begin);
  window.Cangke = { open: () => show(true), close: () => show(false) };
})();
