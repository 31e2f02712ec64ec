// Makes each leaf of the printed report fit its page: a little smaller where it must be, never smaller than type that can
// be read; then the last rows of its longest tables stay on the page they come from, and the table says how many.
const ROOM = 985;
const ROUNDS = 4;
const LEAST = 0.835; // of 9 pt: 7.5
const LAST_RESORT = 0.5;
const FEWEST = 1;
const leaves = [...document.querySelectorAll(".leaf")];
const said = document.getElementById("left-out")?.content.textContent.trim() ?? "";

const fits = (leaf) => leaf.getBoundingClientRect().height <= ROOM;
const scale = (leaf, zoom) => leaf.style.setProperty("--fit", zoom);

// All leaves are halved at once, each between what fitted and what did not: the page is laid out once a round.
function shrink(tall, least, most) {
  const open = tall.map((leaf) => ({ leaf, low: least, high: most }));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const one of open) scale(one.leaf, (one.low + one.high) / 2);
    for (const one of open) one[fits(one.leaf) ? "low" : "high"] = (one.low + one.high) / 2;
  }
  for (const one of open) scale(one.leaf, one.low);
  return tall.filter((leaf) => !fits(leaf));
}

// Parts of a step go before the step itself.
function last(rows) {
  return rows.findLast((row) => row.querySelector(".inner")) ?? rows.at(-1);
}

// A table beside something taller gains nothing by being shorter, and is left whole.
function shorten(leaf) {
  const high = () => leaf.getBoundingClientRect().height;
  let tables = [...leaf.querySelectorAll("tbody")].map((body) => ({ body, rows: [...body.rows], out: 0 }));
  while (!fits(leaf)) {
    tables = tables.filter((one) => one.rows.length > FEWEST);
    if (!tables.length) return;
    const longest = tables.reduce((most, one) => (one.rows.length > most.rows.length ? one : most));
    const [before, row] = [high(), last(longest.rows)];
    row.hidden = true;
    if (high() < before) take(longest, row);
    else {
      row.hidden = false;
      tables = tables.filter((one) => one !== longest);
    }
  }
}

function take(table, row) {
  table.rows.splice(table.rows.indexOf(row), 1);
  table.out += 1;
  tell(table);
}

function tell({ body, out }) {
  const caption = body.parentElement.caption;
  const note = caption.querySelector(".left-out") ?? caption.appendChild(document.createElement("span"));
  note.className = "left-out";
  note.textContent = ` · ${said} ${out}`;
}

function fit() {
  const tall = shrink(leaves.filter((leaf) => !fits(leaf)), LEAST, 1);
  for (const leaf of tall) shorten(leaf);
  shrink(tall.filter((leaf) => !fits(leaf)), LAST_RESORT, LEAST);
}

// Only where the layout is the paper's already, as when the PDF is made: in a reader's window it is still the screen's.
function forPaper() {
  if (!matchMedia("print").matches || document.body.dataset.fitted) return;
  fit();
  document.body.dataset.fitted = "yes";
}

window.addEventListener("beforeprint", () => requestAnimationFrame(forPaper));
window.addEventListener("afterprint", () => {
  for (const leaf of leaves) leaf.style.removeProperty("--fit");
  for (const row of document.querySelectorAll(".leaf tr[hidden]")) row.hidden = false;
  for (const note of document.querySelectorAll(".left-out")) note.remove();
  delete document.body.dataset.fitted;
});
