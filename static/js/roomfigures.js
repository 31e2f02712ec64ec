// Figures as large as a room needs them: the same data as on the page, with the room's ink and letters.
const base = JSON.parse(document.getElementById("figure-base")?.textContent ?? "{}");
const LETTERS = 0.034;
const PAGE_LETTERS = 15;
const LETTER = 0.5;
const TIGHT = 2.6;
const LIGHT = {
  "#16202B": "#0B1016",
  "#43505C": "#2E3842",
  "#5A6672": "#3D4751",
  "#7A8691": "#56616C",
  "#00566B": "#004B5E",
  "#B54400": "#A83E00",
  "#626C76": "#4F5963",
};
const DARK = {
  "#16202B": "#F4F6F8",
  "#43505C": "#D3DAE0",
  "#5A6672": "#BCC5CD",
  "#7A8691": "#93A0AC",
  "#D5DADF": "#3A4550",
  "#00566B": "#7FD3EA",
  "#B54400": "#FFB083",
  "#626C76": "#C0C9D1",
  "#AEB7C0": "#5F6C78",
  "#DCE2E7": "#34414D",
  "#FFFFFF": "#10161D",
};

function inked(value) {
  const inks = document.documentElement.classList.contains("scuro") ? DARK : LIGHT;
  return JSON.parse(JSON.stringify(value).replace(/#[0-9A-Fa-f]{6}/g, (ink) => inks[ink.toUpperCase()] ?? ink));
}

const times = (value, by) => (Array.isArray(value) ? value.map((one) => one * by) : value * by);

function grown(thing, names, by) {
  const copy = { ...thing };
  for (const name of names) if (copy[name] !== undefined) copy[name] = times(copy[name], by);
  return copy;
}

function trace(one, by) {
  const copy = { ...one };
  if (copy.line) copy.line = grown(copy.line, ["width"], by);
  if (copy.marker) {
    copy.marker = grown(copy.marker, ["size"], by);
    if (copy.marker.line) copy.marker.line = grown(copy.marker.line, ["width"], by);
  }
  return copy;
}

function layout(house, own, box, letters) {
  const by = letters / PAGE_LETTERS;
  const made = { ...house, ...own, width: box.width, height: box.height, autosize: false };
  made.font = { ...house.font, size: letters };
  made.margin = grown(own.margin ?? house.margin, ["l", "r", "t", "b"], by);
  for (const axis of ["xaxis", "yaxis"]) made[axis] = grown({ ...house[axis], ...own[axis] }, ["ticklabelstandoff"], by);
  made.annotations = (own.annotations ?? []).map((one) => grown(one, ["xshift", "yshift"], by));
  const rows = made.yaxis.tickvals?.length ?? 0;
  const right = made.annotations.filter((one) => one.xanchor === "left");
  if (right.length && box.height < rows * TIGHT * letters) {
    for (const one of right) one.text = one.text.replaceAll("<br>", " ");
    made.margin.r = (Math.max(...right.map((one) => one.text.length)) * LETTER + 1) * letters;
  }
  made.shapes = (own.shapes ?? []).map((one) => ({ ...one, line: grown(one.line ?? {}, ["width"], by) }));
  return made;
}

export function draw(plot, view) {
  if (plot.dataset.drawn) return;
  plot.dataset.drawn = "yes";
  try {
    const figure = inked(JSON.parse(document.getElementById(plot.dataset.roomFig + "-data").textContent));
    const letters = Math.round(innerHeight * LETTERS);
    const box = { width: plot.clientWidth, height: plot.clientHeight };
    const data = figure.data.map((one) => trace(one, letters / PAGE_LETTERS));
    window.Plotly.newPlot(plot, data, layout(inked(base.layout), figure.layout, box, letters), base.config).then(() => {
      for (const svg of plot.querySelectorAll("svg")) svg.setAttribute("aria-hidden", "true");
    });
  } catch (error) {
    plot.hidden = true;
    view.querySelector(".room-instead").hidden = false;
    console.warn("figure not drawn", plot.dataset.roomFig, error);
  }
}
