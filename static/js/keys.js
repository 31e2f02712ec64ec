// Single keys, only for who switched them on in this browser (WCAG 2.1.4): [ and ] move between quarters, / searches,
// ? explains the marks. Never while something is being typed.
const NAME = "trimestrale-keys";
const on = () => localStorage.getItem(NAME) === "on";
const follow = (rel) => document.querySelector(`link[rel=${rel}], a[rel=${rel}]`)?.click();
const KEYS = {
  "[": () => follow("prev"),
  "]": () => follow("next"),
  "/": () => document.querySelector("[data-test=search]")?.click(),
  "?": () => document.querySelector("[data-test=marks]")?.click(),
};

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable], [data-keys]");
  if (!on() || typing || event.ctrlKey || event.metaKey || event.altKey || !KEYS[event.key]) return;
  event.preventDefault();
  KEYS[event.key]();
});

const choice = document.querySelector("[data-keys-choice]");
if (choice) {
  choice.hidden = false;
  const box = choice.querySelector("input");
  box.checked = on();
  box.addEventListener("change", () => localStorage.setItem(NAME, box.checked ? "on" : "off"));
}
