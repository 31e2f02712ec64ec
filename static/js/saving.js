// Forms that save what is typed: each field by itself, a second after the last letter. What could not leave stays in
// the page and on this machine, and leaves as soon as it can. Without this script the button saves.
const QUIET = 1000;
const AGAIN = 2000;

function keeper(form) {
  const key = `saving:${location.host}:${form.dataset.saves}`;
  return {
    read: () => JSON.parse(localStorage.getItem(key) ?? "{}"),
    write(held) {
      if (Object.keys(held).length) localStorage.setItem(key, JSON.stringify(held));
      else localStorage.removeItem(key);
    },
  };
}

function put(form, name, value) {
  const field = form.elements[name];
  if (field) field.value = value;
}

function touched(field) {
  if (field.options) return [...field.options].some((one) => one.selected !== one.defaultSelected);
  return field.type !== "hidden" && (field.value !== field.defaultValue || field.checked !== field.defaultChecked);
}

function saves(form) {
  const kept = keeper(form);
  const said = form.querySelector("[data-saved]");
  let dirty = {};
  let timer = 0;
  let sending = null;

  const value = (name) => new FormData(form).get(name) ?? "";

  function faults(found) {
    for (const place of form.querySelectorAll("[data-fault]")) {
      const name = place.dataset.fault;
      if (name in found) place.textContent = found[name];
      place.classList.toggle("wrong", name in found);
    }
  }

  async function save() {
    const names = Object.keys(dirty);
    if (!names.length) return;
    const sent = Object.fromEntries(names.map((name) => [name, value(name)]));
    dirty = {};
    const body = new URLSearchParams({ ...sent, csrfmiddlewaretoken: value("csrfmiddlewaretoken") });
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
      if (answer.redirected || (!answer.ok && answer.status !== 422)) throw new Error(String(answer.status));
      const found = await answer.json();
      faults(found.faults);
      const held = kept.read();
      for (const name of names) if (!(name in found.faults) && held[name] === sent[name]) delete held[name];
      kept.write(held);
      said.textContent = `${said.dataset.word} ${found.at}`;
    } catch {
      for (const name of names) dirty[name] = true;
      said.textContent = said.dataset.lost;
      later(AGAIN);
    }
  }

  function now() {
    clearTimeout(timer);
    sending = (sending ?? Promise.resolve()).then(save);
    return sending;
  }

  function later(pause) {
    clearTimeout(timer);
    timer = setTimeout(now, pause);
  }

  function typed(event) {
    const { name } = event.target;
    if (!name) return;
    dirty[name] = true;
    kept.write({ ...kept.read(), [name]: value(name) });
    later(event.type === "change" ? 0 : QUIET);
  }

  form.addEventListener("input", typed);
  form.addEventListener("change", typed);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    now();
  });
  for (const button of form.querySelectorAll("[data-save]")) button.hidden = true;
  // What was typed before this script was there is told by what stands in the page.
  for (const field of form.elements) if (touched(field)) typed({ target: field, type: "input" });
  const held = kept.read();
  for (const [name, words] of Object.entries(held)) {
    put(form, name, words);
    dirty[name] = true;
  }
  if (Object.keys(held).length) now();
  form.saveNow = now;
  form.unsaved = () => Object.keys(dirty).length > 0;
}

// A step that must not overtake what is still being saved.
function follows(form, done) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const words = form.parentElement.querySelector("[data-saves]");
    await words?.saveNow();
    if (words?.unsaved()) return;
    const body = new URLSearchParams(new FormData(form, event.submitter));
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
      const found = await answer.json();
      if (answer.ok) done(found.to);
      else words.querySelector("[data-saved]").textContent = Object.values(found.faults).join(" ");
    } catch {
      const said = words.querySelector("[data-saved]");
      said.textContent = said.dataset.lost;
    }
  });
}

export function attach(form, done) {
  if ("saves" in form.dataset) saves(form);
  if ("afterSaving" in form.dataset) follows(form, done);
}

if (!document.body.classList.contains("room")) {
  for (const form of document.querySelectorAll("form")) attach(form, (to) => location.assign(to));
}
