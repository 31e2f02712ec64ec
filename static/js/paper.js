// Makes each leaf of the printed report fit its page: a little smaller where it must be, never too small to be read; what
// does not fit even then goes on on the next page. A single leaf (a department's page) always fits.
const ROOM = 985;
const STEP = 0.03;
const LEAST = document.querySelectorAll(".leaf").length > 1 ? 0.6 : 0.5;

function scale(leaf, zoom) {
  leaf.style.zoom = zoom;
  leaf.style.width = zoom < 1 ? `calc(182mm / ${zoom})` : "";
}

function fit(leaf) {
  scale(leaf, 1);
  for (let zoom = 1; leaf.getBoundingClientRect().height > ROOM && zoom - STEP >= LEAST; ) scale(leaf, (zoom -= STEP));
}

// Only where the layout is the paper's already, as when the PDF is made: in a reader's window it is still the screen's.
function forPaper() {
  if (!matchMedia("print").matches) return;
  for (const leaf of document.querySelectorAll(".leaf")) fit(leaf);
  document.body.dataset.fitted = "yes";
}

window.addEventListener("beforeprint", () => requestAnimationFrame(forPaper));
window.addEventListener("afterprint", () => {
  for (const leaf of document.querySelectorAll(".leaf")) scale(leaf, 1);
});
