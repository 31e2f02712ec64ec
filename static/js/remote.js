// The facilitator's laptop or phone: what the room shows, what comes next, and the room's keys as buttons.
import { clock, follow, timed } from "./sync.js";

const remote = document.querySelector("[data-remote]");
const part = (name) => remote.querySelector(`[data-${name}]`);
const token = document.querySelector("[data-token] input").value;
const views = [...document.querySelectorAll("[data-to]")];
let state = JSON.parse(document.getElementById("room-state").textContent);
let since = Date.now();
let leaving = false;

const spot = (button) => button.dataset.to.split(".").map(Number);
const here = () => views.findIndex((one) => spot(one)[0] === state.item && (spot(one)[1] || 1) === state.view);

function paint() {
  const place = here();
  const name = (view) => (view ? `${view.dataset.label} · ${view.dataset.message}` : "–");
  part("now").textContent = name(views[place]);
  part("next").textContent = name(views[place + 1]);
  for (const [index, view] of views.entries()) view.toggleAttribute("aria-current", index === place);
  for (const button of remote.querySelectorAll("[data-show]")) button.setAttribute("aria-pressed", String(state[button.dataset.show]));
}

function tick() {
  part("time").textContent = clock(state, since);
  part("time").classList.toggle("over", part("time").textContent.startsWith("+"));
}

const send = follow({
  address: remote.dataset.state,
  token,
  channel: remote.dataset.channel,
  apply(found) {
    const writes = document.querySelector("textarea:focus, input:focus");
    if (found.structure !== state.structure && !writes && !leaving) location.reload();
    state = { ...found, structure: state.structure };
    since = Date.now();
    paint();
    tick();
  },
  lost: (is) => (part("lost").hidden = !is),
});

function go(view) {
  if (!view) return;
  const [item, number] = spot(view);
  state = { ...state, item, view: number || 1 };
  paint();
  send({ item: String(item), view: String(number || 1) });
}

for (const button of remote.querySelectorAll("[data-go]")) {
  button.addEventListener("click", () => go(views[here() + Number(button.dataset.go)]));
}
for (const button of remote.querySelectorAll("[data-show]")) {
  button.addEventListener("click", () => send({ [button.dataset.show]: state[button.dataset.show] ? "0" : "1" }));
}
for (const button of remote.querySelectorAll("[data-timer]")) {
  const change = { toggle: { toggle: true }, more: { more: 300 }, less: { more: -300 } }[button.dataset.timer];
  button.addEventListener("click", () => send(timed(state, since, change)));
}
// What a form has sent leads to its own page: a reload for the change it made would keep the browser here.
addEventListener("submit", (event) => (leaving = !event.defaultPrevented));
addEventListener("pageshow", () => (leaving = false));
for (const view of views) view.addEventListener("click", () => go(view));
for (const button of document.querySelectorAll("[data-bring]")) {
  button.hidden = false;
  button.addEventListener("click", () => go(views.find((view) => spot(view)[0] === Number(button.dataset.bring))));
}
paint();
setInterval(tick, 250);
