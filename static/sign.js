/* The signing desk: looking while one types, what is kept for after a lapsed session, and the signature drawn. */
"use strict";
(() => {
  const WAIT = 220; // ms without a key before the box is looked up
  const search = document.getElementById("search");
  const found = () => document.getElementById("found");
  let timer = 0, shown = "", wants = false;

  /* Search: by itself after a pause (never in the middle of an input method's word), at once by Enter. A card reader
     types faster than the answer comes: its Enter is remembered, and takes the only one found when it is there. */
  function look() {
    clearTimeout(timer);
    shown = search.value.trim();
    if (shown) htmx.trigger(search.form, "look");
    else found().textContent = "";
  }
  function take() {
    const first = found().querySelector(".found-person");
    wants = false;
    if (first) first.click();
  }
  function typed(event) {
    if (event.isComposing) return;
    clearTimeout(timer);
    timer = setTimeout(look, WAIT);
  }
  if (search) {
    search.addEventListener("input", typed);
    search.addEventListener("compositionend", typed);
    search.form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (shown === search.value.trim() && found().querySelector(".found-person")) return take();
      wants = true;
      look();
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
    const people = [...document.querySelectorAll(".found-person")];
    const here = people.indexOf(document.activeElement);
    if (!people.length || (here < 0 && document.activeElement !== search)) return;
    event.preventDefault();
    const next = here + (event.key === "ArrowDown" ? 1 : -1);
    (people[next] || (next < 0 ? search : people[people.length - 1])).focus();
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id !== "found") return;
    const name = document.querySelector("#found .register #id_new_name");
    restore();
    if (name && !document.querySelector("#found [aria-invalid=true]")) name.focus();
    else if (wants && document.querySelectorAll(".found-person").length === 1) take();
    wants = false;
  });
  document.addEventListener("deskAdded", () => {
    if (!search) return;
    forget("new_");
    search.value = shown = "";
    search.focus();
  });

  /* What is typed and not sent yet survives a lapsed session, in this tab: never the ID number. A day and a number
     belong to the draft that they were typed for. */
  const desk = document.querySelector("[data-desk]");
  const draft = () => { const field = document.querySelector("#desk-form input[name=draft]"); return field ? field.value : ""; };
  const key = (name) => `desk:${desk.dataset.account}:${name}`;
  const place = (name) => key(name.startsWith("new_") ? name : `${name}:${draft()}`);
  function forget(start) {
    Object.keys(sessionStorage).filter((name) => name.startsWith(key(start))).forEach((name) => sessionStorage.removeItem(name));
  }
  function restore() {
    if (!desk) return;
    document.querySelectorAll("input[data-keep]").forEach((field) => {
      const kept = sessionStorage.getItem(place(field.dataset.keep));
      if (kept && !field.value) field.value = kept;
    });
  }
  if (desk) {
    document.addEventListener("input", (event) => {
      const name = event.target.dataset.keep;
      if (name) sessionStorage.setItem(place(name), event.target.value);
    });
    document.addEventListener("submit", (event) => { if (event.target.id === "desk-form") ["start_on", "number"].forEach(forget); });
    if (location.search.includes("draft=")) restore();
    else ["start_on", "number"].forEach(forget);
    /* The session went on under another page's token: load anew; the desk comes back from its draft. */
    document.addEventListener("htmx:responseError", (event) => { if (event.detail.xhr.status === 403) location.reload(); });
  }

  /* The signature: strokes with pen, finger or mouse; sent as PNG. */
  const form = document.querySelector("[data-signing]");
  if (form) {
    const pad = form.querySelector(".pad");
    const pen = pad.getContext("2d");
    const field = form.querySelector("input[name=signature]");
    let drawing = false;
    const spot = (event) => {
      const box = pad.getBoundingClientRect();
      return [(event.clientX - box.left) * pad.width / box.width, (event.clientY - box.top) * pad.height / box.height];
    };
    const clear = () => { pen.fillStyle = "#fff"; pen.fillRect(0, 0, pad.width, pad.height); field.value = ""; };
    const choose = () => {
      const how = form.querySelector("input[name=signed]:checked");
      form.querySelector(".on-paper").hidden = !how || how.value !== "paper";
      form.querySelector(".on-screen").hidden = !how || how.value !== "screen";
    };
    clear();
    choose();
    form.addEventListener("change", choose);
    form.querySelector("[data-clear-pad]").addEventListener("click", clear);
    pad.addEventListener("pointerdown", (event) => {
      drawing = true;
      pad.setPointerCapture(event.pointerId);
      pen.lineWidth = 4;
      pen.lineCap = pen.lineJoin = "round";
      pen.strokeStyle = "#111";
      pen.beginPath();
      pen.moveTo(...spot(event));
    });
    pad.addEventListener("pointermove", (event) => {
      if (!drawing) return;
      pen.lineTo(...spot(event));
      pen.stroke();
    });
    const lift = () => { if (drawing) field.value = pad.toDataURL("image/png"); drawing = false; };
    pad.addEventListener("pointerup", lift);
    pad.addEventListener("pointercancel", lift);
    const first = form.querySelector("input[name=signed]");
    if (!form.querySelector("[aria-invalid=true]")) first.focus();
  }
  const onward = document.querySelector("[data-first]");
  if (onward) onward.focus();
})();
