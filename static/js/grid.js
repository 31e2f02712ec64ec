// The grid by hand, as in a spreadsheet: arrows and Enter move, a copied block spreads from the box it is pasted into.
// Without this script it is a plain form.
const grid = document.querySelector("[data-grid]");

if (grid) {
  const rows = [...grid.tBodies[0].rows].map((row) => [...row.querySelectorAll("input")]);
  const place = (box) => {
    const y = rows.findIndex((row) => row.includes(box));
    return [y, rows[y].indexOf(box)];
  };
  const go = (y, x) => {
    const box = rows[y]?.[x];
    if (box) {
      box.focus();
      box.select();
    }
  };

  grid.addEventListener("keydown", (event) => {
    const box = event.target;
    if (box.tagName !== "INPUT" || event.altKey || event.ctrlKey || event.metaKey) return;
    const [y, x] = place(box);
    const whole = box.selectionStart === 0 && box.selectionEnd === box.value.length;
    const moves = {
      ArrowUp: [y - 1, x],
      ArrowDown: [y + 1, x],
      Enter: [y + (event.shiftKey ? -1 : 1), x],
      ArrowLeft: whole || box.selectionEnd === 0 ? [y, x - 1] : null,
      ArrowRight: whole || box.selectionStart === box.value.length ? [y, x + 1] : null,
    };
    if (moves[event.key]) {
      event.preventDefault();
      go(...moves[event.key]);
    }
  });

  grid.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text/plain").replace(/\r?\n$/, "");
    if (event.target.tagName !== "INPUT" || !/[\t\n]/.test(text)) return;
    event.preventDefault();
    const [y, x] = place(event.target);
    text.split(/\r?\n/).forEach((line, down) => {
      line.split("\t").forEach((value, right) => {
        const box = rows[y + down]?.[x + right];
        if (box) box.value = value.trim();
      });
    });
  });

  document.querySelector(".problems[role=alert]")?.focus();
}
