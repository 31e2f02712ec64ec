// Makes each leaf of the printed report fit its page: a little smaller where it must be, never too small to be read; what
// does not fit even then goes on on the next page. A single leaf (a department's page) always fits.
const ROOM = 985;
const ROUNDS = 5;
const leaves = [...document.querySelectorAll(".leaf")];
const LEAST = leaves.length > 1 ? 0.6 : 0.5;

function scale(leaf, zoom) {
  leaf.style.zoom = zoom;
  leaf.style.width = zoom < 1 ? `calc(182mm / ${zoom})` : "";
}

// All leaves are halved at once, each between what fitted and what did not: the page is laid out once a round.
function fit() {
  const fits = (leaf) => leaf.getBoundingClientRect().height <= ROOM;
  let open = leaves.filter((leaf) => !fits(leaf)).map((leaf) => ({ leaf, low: LEAST, high: 1 }));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const one of open) scale(one.leaf, (one.low + one.high) / 2);
    for (const one of open) one[fits(one.leaf) ? "low" : "high"] = (one.low + one.high) / 2;
  }
  for (const one of open) scale(one.leaf, one.low);
}

// Only where the layout is the paper's already, as when the PDF is made: in a reader's window it is still the screen's.
function forPaper() {
  if (!matchMedia("print").matches || document.body.dataset.fitted) return;
  fit();
  document.body.dataset.fitted = "yes";
}

window.addEventListener("beforeprint", () => requestAnimationFrame(forPaper));
window.addEventListener("afterprint", () => {
  for (const leaf of leaves) scale(leaf, 1);
  delete document.body.dataset.fitted;
});
