/* The editor of a package: sums that follow what is typed, rows to add, columns that follow the ticks. */
"use strict";
(() => {
  const form = document.querySelector("form[data-package]");
  if (!form) return;
  // Amounts as whole cents: sums of decimals would not come out even.
  const cents = (typed) => {
    const found = /^\s*(\d*)(?:[.。](\d{0,2}))?\s*$/.exec(typed || "");
    return found ? Number(found[1] || 0) * 100 + Number((found[2] || "").padEnd(2, "0")) : 0;
  };
  const yuan = (amount) => `${Math.trunc(amount / 100)}.${String(amount % 100).padStart(2, "0")}`;
  const rowSum = (row) => {
    const gone = row.querySelector("[name$='-DELETE']").checked;
    row.classList.toggle("gone", gone);
    const sum = cents(row.querySelector("[data-unit-price]").value) * (parseInt(row.querySelector("[data-times-per-year]").value, 10) || 0);
    row.querySelector("[data-row-sum]").value = sum ? yuan(sum) : "";
    row.querySelector("[data-spans]").disabled = row.querySelector("[data-anchor]").value === "contract_year";
    return gone ? 0 : sum;
  };
  const table = form.querySelector("[data-shares]");
  const shareSum = (output, price) => {
    const category = output.dataset.sum;
    const sum = [...table.querySelectorAll(`[data-share="${category}"]`)].reduce((total, field) => total + cents(field.value), 0);
    const missing = price - sum;
    const text = missing > 0 ? table.dataset.missing : missing < 0 ? table.dataset.over : table.dataset.whole;
    output.value = `${yuan(sum)} ${text.replace("%", yuan(Math.abs(missing)))}`;
    output.className = missing ? "bad-text" : "met";
  };
  const update = () => {
    const items = [...form.querySelectorAll("[data-row]")].reduce((total, row) => total + rowSum(row), 0);
    const fixed = form.elements.annual_price.value.trim();
    const price = fixed ? cents(fixed) : items;
    form.querySelector("[data-items-sum]").value = yuan(items);
    form.querySelector("[data-price]").value = yuan(price);
    const ticked = new Set([...form.querySelectorAll("[name='rules']:checked")].map((box) => box.value));
    table.querySelectorAll("[data-column]").forEach((cell) => { cell.hidden = cell.dataset.column !== "" && !ticked.has(cell.dataset.column); });
    table.querySelectorAll("[data-sum]").forEach((output) => shareSum(output, price));
  };
  const add = form.querySelector("[data-add-row]");
  add.hidden = false;
  add.addEventListener("click", () => {
    const total = form.elements["items-TOTAL_FORMS"];
    const rows = form.querySelector("[data-rows]");
    rows.insertAdjacentHTML("beforeend", form.querySelector("[data-blank]").innerHTML.replace(/__prefix__/g, total.value));
    total.value = Number(total.value) + 1;
    rows.lastElementChild.querySelector("select").focus();
    update();
  });
  // An item chosen in an empty row brings its usual price.
  form.addEventListener("change", (event) => {
    const chosen = event.target.matches("[data-item]") && event.target.selectedOptions[0].dataset.price;
    const row = event.target.closest("[data-row]");
    if (!chosen) return;
    if (!row.querySelector("[data-unit-price]").value) row.querySelector("[data-unit-price]").value = chosen;
    if (!row.querySelector("[data-times-per-year]").value) row.querySelector("[data-times-per-year]").value = 1;
  });
  form.addEventListener("input", update);
  form.addEventListener("change", update);
  update();
})();
