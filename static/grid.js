/* A grid of inputs: a block pasted from a spreadsheet fills cells to the right and below; the arrows move up and down. */
"use strict";
document.addEventListener("paste", (event) => {
  const cell = event.target.closest ? event.target.closest("[data-grid] td") : null;
  const text = event.clipboardData ? event.clipboardData.getData("text") : "";
  if (!cell || !/[\t\n]/.test(text.trim())) return;
  event.preventDefault();
  let row = cell.parentElement;
  text.replace(/\r?\n$/, "").split(/\r?\n/).forEach((line) => {
    if (!row) return;
    let target = row.cells[cell.cellIndex];
    line.split("\t").forEach((value) => {
      const input = target && target.querySelector("input:not([type=checkbox])");
      if (input) input.value = value.trim();
      target = target && target.nextElementSibling;
    });
    row = row.nextElementSibling;
  });
});
document.addEventListener("keydown", (event) => {
  const cell = event.target.closest ? event.target.closest("[data-grid] td") : null;
  if (!cell || event.target.tagName !== "INPUT" || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
  const row = event.key === "ArrowUp" ? cell.parentElement.previousElementSibling : cell.parentElement.nextElementSibling;
  const input = row && row.cells[cell.cellIndex].querySelector("input");
  if (input) { event.preventDefault(); input.focus(); input.select(); }
});
