/* A phone's picture is larger than may be sent, and slow to send from a village: it is made smaller before it leaves.
   What the camera wrote beside it (where it was taken, with which phone) stays on the phone. A file that the browser
   cannot draw is sent as it is; the server has the last word. */
"use strict";
(() => {
  const SMALL_ENOUGH = 1000000;
  const LONGEST_SIDE = 2400;
  const working = new Map();

  const draw = async (file) => {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    return new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
  };
  const smaller = async (file) => {
    if (!/^image\/(jpeg|png)$/.test(file.type) || file.size <= SMALL_ENOUGH) return file;
    const drawn = await draw(file).catch(() => null);
    if (!drawn || drawn.size >= file.size) return file;
    return new File([drawn], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
  };

  document.addEventListener("change", (event) => {
    const input = event.target;
    if (!input.matches || !input.matches('input[type="file"]')) return;
    const work = Promise.all([...input.files].map(smaller)).then((files) => {
      if (working.get(input) !== work) return;
      const kept = new DataTransfer();
      files.forEach((file) => kept.items.add(file));
      input.files = kept.files;
      working.delete(input);
    });
    working.set(input, work);
  });

  // Sending waits for the pictures; before anything else hears of it, since nothing is sent yet.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const open = [...working].filter(([input]) => input.form === form).map(([, work]) => work);
    if (!open.length) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const { submitter } = event;
    Promise.all(open).then(() => form.requestSubmit(submitter || undefined));
  }, true);
})();
