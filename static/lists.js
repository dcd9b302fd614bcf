/* Lists: ↑ and ↓ move between the lines' links, Home and End to the first and last; Enter opens, as with any link. */
"use strict";
document.addEventListener("keydown", (event) => {
  const body = event.target.closest ? event.target.closest("[data-rows]") : null;
  const inScroll = event.target.matches && event.target.matches(".scroll");
  const rows = body || (inScroll ? event.target.querySelector("[data-rows]") : null);
  if (!rows || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
  const links = [...rows.querySelectorAll("th a")];
  const here = links.indexOf(document.activeElement);
  const next = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: links.length - 1 }[event.key];
  if (next === undefined || !links[next]) return;
  event.preventDefault();
  links[next].focus();
});
