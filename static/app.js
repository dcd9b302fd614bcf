/* Behaviour of every page. Listeners are delegated, so fragments that htmx swaps in need no set-up. */
"use strict";
const on = (type, handler, capture) => document.addEventListener(type, handler, capture);
const hook = (event, selector) => (event.target.closest ? event.target.closest(selector) : null);

/* Tooltips: data-tip on any element, by pointer or by focus; Escape hides them. */
const tip = document.createElement("div");
tip.className = "tip";
tip.hidden = true;
function showTip(event) {
  const owner = hook(event, "[data-tip]");
  tip.hidden = !owner;
  if (!owner) return;
  if (!tip.isConnected) document.body.append(tip);
  tip.textContent = owner.dataset.tip;
  const anchor = owner.querySelector(".dot") || owner;
  const box = anchor.getBoundingClientRect();
  const left = Math.min(Math.max(4, box.left + box.width / 2 - tip.offsetWidth / 2), innerWidth - tip.offsetWidth - 4);
  const above = box.top - tip.offsetHeight - 7;
  tip.style.transform = `translate(${Math.round(left)}px, ${Math.round(above > 4 ? above : box.bottom + 7)}px)`;
}
on("mouseover", showTip);
on("focusin", showTip);
on("scroll", () => { tip.hidden = true; }, true);

/* Tables with data-sort: a button in the head sorts the last body by data-value, or else by text; empty cells stay last. */
function sortTable(button) {
  const head = button.closest("th");
  const body = head.closest("table").tBodies[head.closest("table").tBodies.length - 1];
  const descending = head.getAttribute("aria-sort") ? head.getAttribute("aria-sort") !== "descending" : "number" in head.dataset;
  const key = (row) => {
    const cell = row.cells[head.cellIndex];
    return cell.dataset.value === undefined ? cell.textContent.trim() : cell.dataset.value;
  };
  const compare = (a, b) => {
    if (!key(a) || !key(b)) return Number(!key(a)) - Number(!key(b));
    const order = "number" in head.dataset ? key(a) - key(b) : key(a).localeCompare(key(b), "zh");
    return descending ? -order : order;
  };
  head.parentNode.querySelectorAll("[aria-sort]").forEach((other) => other.removeAttribute("aria-sort"));
  head.setAttribute("aria-sort", descending ? "descending" : "ascending");
  body.append(...[...body.rows].sort(compare));
}

/* A look, large type (适老) or roomy rows, is a class and a cookie, so the server sends the next page already that way. */
function toggleLook(button, name = button.dataset.look) {
  const chosen = document.documentElement.classList.toggle(name);
  button.setAttribute("aria-pressed", chosen);
  document.cookie = `${name}=${chosen ? 1 : ""}; path=/; max-age=${chosen ? 31536000 : 0}; samesite=lax`;
}

on("click", (event) => {
  const confirmed = hook(event, "[data-confirm]");
  if (confirmed && !window.confirm(confirmed.dataset.confirm)) return event.preventDefault();
  if (hook(event, "[data-print]")) window.print();
  if (hook(event, "[data-look]")) toggleLook(hook(event, "[data-look]"));
  if (hook(event, "table[data-sort] th button")) sortTable(hook(event, "th button"));
  document.querySelectorAll("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
});

/* Keys: Escape closes; in form[data-keys] Ctrl+S saves, Ctrl+Enter saves and goes on, Enter moves to the next field. */
on("keydown", (event) => {
  if (event.isComposing) return;
  if (event.key === "Escape") {
    tip.hidden = true;
    document.querySelectorAll("details.menu[open]").forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
  }
  const form = document.querySelector("form[data-keys]");
  if (!form) return;
  const save = event.ctrlKey && event.key === "s" ? "[data-save]" : event.ctrlKey && event.key === "Enter" ? "[data-save-next]" : null;
  if (save && form.querySelector(save)) {
    event.preventDefault();
    form.querySelector(save).click();
  } else if (event.key === "Enter" && form.contains(event.target) && event.target.matches("input, select")) {
    const fields = [...form.elements].filter((field) => field.offsetParent && !field.disabled && field.type !== "hidden");
    event.preventDefault();
    fields[Math.min(fields.indexOf(event.target) + 1, fields.length - 1)].focus();
  }
});

/* Drop zone: .drop around an <input type="file">. */
["dragover", "dragleave", "drop"].forEach((type) => on(type, (event) => {
  const zone = hook(event, ".drop");
  if (!zone) return;
  event.preventDefault();
  zone.classList.toggle("over", type === "dragover");
  if (type === "drop" && event.dataTransfer.files.length) zone.querySelector("input").files = event.dataTransfer.files;
}));

/* The cursor goes where the page wants it before the page is drawn, for a card reader does not wait; then to the first
   wrong field. */
const focusWanted = () => { const wanted = document.querySelector("[autofocus]"); if (wanted && document.activeElement === document.body) wanted.focus(); };
const focusFirstError = (root) => { const field = root.querySelector('[aria-invalid="true"]'); if (field) field.focus(); };
on("DOMContentLoaded", () => { focusWanted(); focusFirstError(document); });
on("htmx:afterSettle", (event) => focusFirstError(event.target));

/* A part of the page that the server did not answer for: say so, until it answers again. 403: a lapsed page is loaded anew. */
const fault = (isThere) => { const line = document.getElementById("fault"); if (line) line.hidden = !isThere; };
["htmx:sendError", "htmx:responseError"].forEach((name) => on(name, ({ detail }) => { if (!detail.xhr.status || detail.xhr.status >= 500) fault(true); }));
on("htmx:afterRequest", (event) => { if (event.detail.successful) fault(false); });
