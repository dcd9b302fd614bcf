/* A field that was changed and left: the address of its form says what is wrong with it (teams/leaving.py), and whether
   what it said of other fields still holds; what saving said stays until its own field is changed. Nothing is saved,
   nothing typed is touched, the cursor stays. */
"use strict";
(() => {
  const HEADER = "X-Fields-Left";
  const place = (field) => { const box = field.closest(".field"); return box && box.querySelector(".told"); };
  let going = null;

  function ask(field) {
    const { form } = field;
    if (!form || form === going) return;
    const said = [...form.elements].filter((each) => place(each) && place(each).dataset.now);
    const names = [...new Set([field, ...said].map(({ name }) => name))].join(" ");
    const context = { source: field, target: place(field), swap: "none", headers: { [HEADER]: names } };
    // A failure is told by htmx's events, to which app.js listens.
    htmx.ajax("POST", form.getAttribute("action") || location.href, context).catch(() => {});
  }
  document.addEventListener("submit", (event) => { going = event.target; });
  addEventListener("pageshow", () => { going = null; });

  /* What is pressed meanwhile gets its click before a message can move it away. */
  document.addEventListener("change", ({ target }) => {
    if (!place(target)) return;
    const later = () => setTimeout(() => ask(target));
    if (document.querySelector("a:active, button:active, summary:active")) addEventListener("pointerup", later, { once: true });
    else later();
  });

  /* Only an answer to the question is taken: none that would load another page, as when the session has ended. */
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    const { xhr, requestConfig } = event.detail;
    if (HEADER in requestConfig.headers && xhr.status < 400 && !xhr.getResponseHeader(HEADER)) event.preventDefault();
  });

  /* The field is marked as Django marks it; the same words are not read aloud again. */
  document.addEventListener("htmx:oobBeforeSwap", ({ target, detail }) => {
    if (!target.matches(".told")) return;
    const box = target.closest(".field");
    const errors = detail.fragment.querySelector(".errorlist");
    const set = (each, name, value) => { if (value) each.setAttribute(name, value); else each.removeAttribute(name); };
    detail.shouldSwap = target.textContent !== detail.fragment.textContent;
    target.dataset.now = errors ? "wrong" : "";
    box.classList.toggle("bad", Boolean(errors));
    box.querySelectorAll("input, select, textarea").forEach((each) => set(each, "aria-invalid", errors && "true"));
    const ids = [box.querySelector(".help"), errors].filter(Boolean).map(({ id }) => id).join(" ");
    set(box.querySelector("fieldset, input, select, textarea"), "aria-describedby", ids);
  });
})();
