// htmx under the house's content policy: no eval, no inline style, nothing kept in the browser.
import htmx from "htmx.org";

window.htmx = htmx;
Object.assign(htmx.config, {
  allowEval: false,
  allowScriptTags: false,
  selfRequestsOnly: true,
  includeIndicatorStyles: false,
  historyCacheSize: 0,
  refreshOnHistoryMiss: true,
  scrollBehavior: "auto",
  // Only parts of a page are swapped; its title stays.
  ignoreTitle: true,
  defaultSettleDelay: 0,
  timeout: 30000,
  responseHandling: [
    { code: "204", swap: false },
    { code: "[23]..", swap: true },
    { code: "422", swap: true },
    { code: "[45]..", swap: false, error: true },
  ],
});

// The token comes from the cookie of the moment, so that a page left open over a new login still works.
export function csrf() {
  const name = document.documentElement.dataset.ckCsrf;
  const found = document.cookie.split("; ").find((each) => each.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";
}
document.addEventListener("htmx:configRequest", (event) => {
  const { headers, parameters, verb } = event.detail;
  if (verb === "get") return;
  headers["X-CSRFToken"] = csrf();
  if (parameters.csrfmiddlewaretoken) parameters.csrfmiddlewaretoken = csrf();
});
document.addEventListener("submit", (event) => {
  const field = event.target.method === "post" && event.target.querySelector("input[name=csrfmiddlewaretoken]");
  if (field && csrf()) field.value = csrf();
}, true);

export default htmx;
