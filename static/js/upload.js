// The upload form: says at once when a file is over the limit, and sends a form only once.
// Everything works without this script; the server checks the same things.
const form = document.querySelector("form[data-upload]");

if (form) {
  const file = form.querySelector("input[type=file]");
  const status = form.querySelector("[data-upload-status]");
  const submit = form.querySelector("button[type=submit]");

  const tooLarge = () => Boolean(file.files[0]) && file.files[0].size > Number(form.dataset.max);

  file.addEventListener("change", () => {
    status.textContent = tooLarge() ? form.dataset.tooLarge : "";
  });

  form.addEventListener("submit", (event) => {
    if (tooLarge()) {
      event.preventDefault();
      file.focus();
      return;
    }
    submit.disabled = true;
    status.textContent = form.dataset.sending;
  });

  // Back from the next page, the browser may restore this one as it was left.
  window.addEventListener("pageshow", () => {
    submit.disabled = false;
    status.textContent = "";
  });
}
