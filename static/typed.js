/* What was typed is not thrown away without a question, and survives a lapsed session: a form that is sent waits in this
   tab until the next page shows that it arrived. When that is the sign-in page instead, the form is filled in again
   after signing in, for the same account. Passwords, files and whatever holds an ID number are never kept. The signing
   desk keeps its own (sign.js). */
"use strict";
(() => {
  const KEPT = "typed";
  const HOLDS_ID = /\d{15}/;
  const here = location.pathname + location.search;
  const { account } = document.documentElement.dataset;
  const read = () => { try { return JSON.parse(sessionStorage.getItem(KEPT)); } catch { return null; } };
  const write = (typed) => { try { sessionStorage.setItem(KEPT, JSON.stringify(typed)); } catch { /* full, or forbidden: nothing is kept */ } };
  const forms = () => [...document.querySelectorAll("main form[method=post]")];
  const isTicked = (field) => field.type === "checkbox" || field.type === "radio";
  const mayBeKept = (field) => field.name && !field.disabled && !["hidden", "password", "file", "submit", "button"].includes(field.type)
    && !HOLDS_ID.test(field.value.replace(/[^\S\n\t]/g, ""));

  function keep(form) {
    const fields = [...form.elements].map((field, place) => ({ place, name: field.name, value: field.value, ticked: field.checked, field }))
      .filter(({ field }) => mayBeKept(field)).map(({ field, ...kept }) => kept);
    write({ account, page: here, action: form.getAttribute("action"), place: forms().indexOf(form), fields });
  }

  function restore(typed) {
    const form = forms().find((each, place) => place === typed.place && each.getAttribute("action") === typed.action)
      || forms().find((each) => each.getAttribute("action") === typed.action);
    if (!form) return;
    typed.fields.forEach(({ place, name, value, ticked }) => {
      const field = form.elements[place];
      if (!field || field.name !== name || !mayBeKept(field)) return;
      if (isTicked(field)) { if (field.value === value) field.checked = ticked; } else field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
    for (let part = form; part; part = part.parentElement) if (part.matches("details")) part.open = true;
    document.getElementById("typed").hidden = false;
  }

  /* What was typed and not sent: the browser asks before the page goes. Lists and searches are soon typed again, and
     what htmx sends (the signing desk) is kept as a draft. */
  const LASTING = "main :is(form[data-keys], form[data-package], form.card:not(.filters))[method=post]:not([hx-post])";
  let unsent = null;
  document.addEventListener("input", (event) => { unsent = event.target.closest(LASTING) || unsent; });
  document.addEventListener("submit", (event) => { if (event.target.closest("main")) unsent = null; });
  addEventListener("beforeunload", (event) => { if (unsent && unsent.isConnected) event.preventDefault(); });

  document.addEventListener("submit", (event) => {
    if (account && event.target.method === "post" && event.target.closest("main") && !event.target.closest("#desk-form")) keep(event.target);
  });
  document.addEventListener("DOMContentLoaded", () => {
    const typed = read();
    if (!typed) return;
    const way = document.querySelector("[data-typed-page]");
    if (!account || way) {
      write({ ...typed, lapsed: true });
      if (way) way.href = typed.page;
      return;
    }
    sessionStorage.removeItem(KEPT);
    /* A form that was sent back stood at its own address; after signing in it stands on the page above. */
    const isHere = typed.page === here || typed.page.startsWith(location.pathname);
    if (typed.lapsed && typed.account === account && isHere) restore(typed);
  });
})();
