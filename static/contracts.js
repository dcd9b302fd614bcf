/* Lists whose lines are ticked: one box ticks the page's. */
"use strict";
document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-tick-all]")) return;
  document.querySelectorAll('input[form="chosen"]').forEach((box) => { box.checked = event.target.checked; });
});
