// The room: one view at a time, by keys, in step with every other screen. The page holds all views, so a lost line
// stops nobody; what is written during the meeting is fetched when the server says it has changed.
import { clock, follow, timed } from "./sync.js";
import { draw } from "./roomfigures.js";
import { attach } from "./saving.js";

const room = document.body.dataset;
const conducts = "conducts" in room;
const main = document.getElementById("content");
const $ = (name) => document.querySelector(`[data-${name}]`);
const dialog = $("dialog");
const help = $("help");
const token = $("token")?.querySelector("input")?.value ?? "";
let state = JSON.parse(document.getElementById("room-state").textContent);
let since = Date.now();
let drawn = state;
let busy = false;
let shown = null;

const views = () => [...main.querySelectorAll(".view")];
const at = (view) => ({ item: Number(view.dataset.item), view: Number(view.dataset.view) });
const find = (item, view) => views().find((one) => at(one).item === item && at(one).view === view);
const place = (view) => (at(view).view === 1 ? `#${at(view).item}` : `#${at(view).item}.${at(view).view}`);

function fromAddress() {
  const [item, view] = location.hash.slice(1).split(".").map(Number);
  return item ? find(item, view || 1) : null;
}

// Rows that do not fit are hidden and counted; nothing in the room scrolls.
function fit(view) {
  const body = view.querySelector(".view-body");
  for (const table of view.querySelectorAll("[data-fits]")) {
    const rows = [...table.tBodies[0].rows];
    const more = table.parentElement.querySelector(".room-more");
    for (const row of rows) row.hidden = false;
    more.hidden = true;
    while (body.scrollHeight > body.clientHeight + 1 && rows.length > 1) {
      rows.pop().hidden = true;
      more.hidden = false;
      more.textContent = `+${table.tBodies[0].rows.length - rows.length} ${more.dataset.more}`;
    }
  }
}

function paint() {
  const view = find(state.item, state.view) ?? views().filter((one) => at(one).item === state.item).at(-1) ?? views()[0];
  if (!view) return;
  for (const one of views()) one.hidden = one !== view;
  $("place").textContent = `${at(view).item} ${main.dataset.of} ${main.dataset.items}`;
  $("title").textContent = view.dataset.title;
  $("blank").hidden = !state.blank;
  document.body.classList.toggle("revealed", state.revealed);
  for (const plot of view.querySelectorAll(".plot")) plot.hidden = state.table;
  for (const table of view.querySelectorAll(".room-instead")) table.hidden = !state.table && Boolean(view.querySelector(".plot"));
  if (location.hash !== place(view)) history.replaceState(null, "", place(view));
  if (!state.table) for (const plot of view.querySelectorAll("[data-room-fig]")) draw(plot, view);
  fit(view);
  shown = view;
}

function tick() {
  const time = $("time");
  time.textContent = clock(state, since);
  time.classList.toggle("over", time.textContent.startsWith("+"));
  time.classList.toggle("stands", state.seconds !== null && !state.running);
}

async function read(address) {
  const answer = await fetch(address, { cache: "no-store" });
  if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

// What is written is put into the views it stands in; where there are other views, all of them come anew, under a form
// that may be open over them. What could not be fetched is asked for again in the next round.
async function redraw(wanted) {
  if (wanted.structure !== drawn.structure) {
    const page = await read(location.pathname + location.search);
    main.replaceChildren(...[...page.querySelectorAll(".view")].map((view) => document.adoptNode(view)));
    main.dataset.items = page.querySelector("main").dataset.items;
    document.querySelector(".room-draft").replaceWith(document.adoptNode(page.querySelector(".room-draft")));
  } else {
    const page = await read(room.live);
    for (const view of page.querySelectorAll(".view")) document.getElementById(view.id)?.replaceWith(document.adoptNode(view));
  }
  drawn = wanted;
  paint();
}

function apply(found) {
  const moved = ["item", "view", "blank", "table", "revealed"].some((name) => found[name] !== state[name]);
  state = found;
  since = Date.now();
  tick();
  if (moved) paint();
  if (busy || (found.revision === drawn.revision && found.structure === drawn.structure)) return;
  busy = true;
  redraw(found).catch(() => {}).finally(() => (busy = false));
}

const send = follow({
  address: room.state,
  token,
  channel: room.channel,
  apply,
  lost: (is) => ($("lost").hidden = !is),
});

function go(view) {
  if (!view || view === shown) return;
  state = { ...state, ...at(view), table: false, revealed: false, blank: false };
  paint();
  send(Object.fromEntries(Object.entries(at(view)).map(([name, value]) => [name, String(value)])));
}

function step(by) {
  const all = views();
  go(all[all.indexOf(shown) + by]);
}

function show(name) {
  state = { ...state, [name]: !state[name] };
  paint();
  send({ [name]: state[name] ? "1" : "0" });
}

function restyle() {
  for (const plot of main.querySelectorAll("[data-drawn]")) delete plot.dataset.drawn;
  paint();
}

// The theme is this screen's own: it stands in its address, and survives a reload there.
function darken() {
  const here = new URL(location.href);
  here.searchParams.set("tema", document.documentElement.classList.toggle("scuro") ? "scuro" : "chiaro");
  history.replaceState(null, "", here);
  restyle();
}

async function open(address, body) {
  const answer = await fetch(address, body ? { method: "POST", body } : {});
  if (!answer.ok || !answer.url.includes(room.decisions)) throw new Error(String(answer.status));
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  dialog.replaceChildren(...page.body.childNodes);
  for (const form of dialog.querySelectorAll("form")) attach(form, () => dialog.close());
  dialog.showModal();
  dialog.querySelector("textarea")?.focus();
}

const KEYS = {
  ArrowRight: () => step(1),
  " ": () => step(1),
  PageDown: () => step(1),
  ArrowLeft: () => step(-1),
  PageUp: () => step(-1),
  d: () => open(room.decisions, new URLSearchParams({ sala: "1", figure: shown.dataset.name, csrfmiddlewaretoken: token })),
  e: () => shown.querySelector("[data-edit]") && open(`${shown.querySelector("[data-edit]").dataset.edit}?sala`),
  t: () => shown.querySelector(".room-instead") && show("table"),
  r: () => show("revealed"),
  p: () => send(timed(state, since, { toggle: true })),
  s: darken,
  b: () => show("blank"),
  ".": () => show("blank"),
  f: () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()),
  "?": () => help.showModal(),
  Escape: () => location.assign(room.out),
};

// A clicker sends PageUp and PageDown: they turn pages even while somebody is typing.
addEventListener("keydown", (event) => {
  if (!conducts || event.ctrlKey || event.metaKey || event.altKey) return;
  const busy = dialog.open || help.open;
  if (busy && !event.key.startsWith("Page")) return;
  const digit = /^[1-9]$/.test(event.key) ? Number(event.key) : 0;
  const act = digit ? () => go(find(digit, 1)) : (KEYS[event.key] ?? KEYS[event.key.toLowerCase()]);
  if (!act) return;
  event.preventDefault();
  Promise.resolve(act()).catch(() => ($("lost").hidden = false));
});

addEventListener("hashchange", () => conducts && go(fromAddress()));
addEventListener("resize", restyle);

await document.fonts.ready;
const asked = fromAddress();
if (asked) state = { ...state, ...at(asked) };
paint();
tick();
setInterval(tick, 250);
room.ready = "";
