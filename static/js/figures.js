// Draws the figures of the page when they come into view. Their data travel as JSON in the page; the table below each
// figure holds the same numbers, so without this script, or without Plotly, nothing is missing.
const base = JSON.parse(document.getElementById("figure-base")?.textContent ?? "{}");
const plots = [...document.querySelectorAll("[data-fig]")];
const PRINTED = { ".leaf .pair-level": 300, ".pair-level": 420, ".pair": 320, ".leaf:has(> .bridge-year)": 440, main: 640 };
const PRINTED_FONT = 12;
const paper = matchMedia("print");
const NARROW = 480;
const LETTER = 8;
const LABELS = 140;

function merged(house, own) {
  const layout = { ...house, ...own };
  for (const axis of ["xaxis", "yaxis"]) layout[axis] = { ...house[axis], ...own[axis] };
  return layout;
}

// On a narrow screen the numbers on the right and the labels on the left get less room, the bars more; a second panel
// is left to the table.
function fitted(layout, width) {
  if (width >= NARROW) return layout;
  if (layout.xaxis2) layout = { ...layout, xaxis: { ...layout.xaxis, domain: [0, 1] }, xaxis2: { visible: false, domain: [0.99, 1] } };
  const font = { ...layout.font, size: 14 };
  const { tickvals, ticktext, showgrid } = layout.xaxis;
  const written = ticktext.reduce((sum, text) => sum + LETTER * (text.length + 1), 0);
  const crowded = showgrid && written > width - layout.margin.r - LABELS;
  const even = Math.max(0, tickvals.indexOf(0)) % 2;
  const every = (list) => (crowded ? list.filter((_, place) => place % 2 === even) : list);
  const xaxis = { ...layout.xaxis, tickvals: every(tickvals), ticktext: every(ticktext) };
  return { ...layout, font, xaxis };
}

function printed(plot) {
  const [, width] = Object.entries(PRINTED).find(([place]) => plot.closest(place));
  const part = plot.closest(".leaf .pair-level") ? 0.62 : 0.75;
  return { width, height: part * Number(plot.dataset.height), autosize: false };
}

// Where the page is paper from the start, as when the PDF is made, a chart is drawn once, in its size on paper.
function onPaper(plot, house) {
  const size = printed(plot);
  const layout = fitted(house, size.width);
  plot.dataset.paper = "yes";
  return { ...layout, ...size, font: { ...layout.font, size: PRINTED_FONT } };
}

// Outside the page there are no web fonts and no heading: the picture gets a face every machine has, and its message.
async function save(plot, button) {
  const text = plot.closest("figure").querySelector("h2").textContent;
  const font = { ...plot.layout.font, family: "Arial, Helvetica, sans-serif" };
  const margin = { ...plot.layout.margin, t: 56 };
  const title = { text, x: 0, xanchor: "left", xref: "container", pad: { l: 8 }, font: { ...font, size: 18, color: "#16202B" } };
  const height = Number(plot.dataset.height) + 56;
  const layout = { ...plot.layout, font, margin, title, paper_bgcolor: "#ffffff", autosize: false };
  const image = { format: "png", width: plot.clientWidth, height, scale: 2 };
  const link = document.createElement("a");
  link.href = await window.Plotly.toImage({ data: plot.data, layout: { ...layout, width: plot.clientWidth, height } }, image);
  link.download = `${button.dataset.png}.png`;
  link.click();
}

function offer(plot) {
  const button = plot.closest("figure").querySelector("[data-png]");
  if (!button) return;
  button.hidden = false;
  button.onclick = () => save(plot, button);
}

async function draw(plot) {
  if (plot.dataset.drawn) return;
  plot.dataset.drawn = "yes";
  try {
    const figure = JSON.parse(document.getElementById(plot.dataset.fig).textContent);
    const house = merged(base.layout, figure.layout);
    plot.dataset.height = house.height;
    plot.dataset.narrow = plot.clientWidth < NARROW;
    const layout = paper.matches ? onPaper(plot, house) : fitted(house, plot.clientWidth);
    plot.replaceChildren();
    const shown = layout.xaxis2?.visible === false ? figure.data.filter((trace) => !trace.xaxis) : figure.data;
    await window.Plotly.newPlot(plot, shown, layout, base.config);
    for (const svg of plot.querySelectorAll("svg")) svg.setAttribute("aria-hidden", "true");
    offer(plot);
  } catch (error) {
    plot.hidden = true;
    const figure = plot.closest("figure");
    figure.querySelector(".plot-error").hidden = false;
    figure.querySelector("details")?.setAttribute("open", "");
    console.warn("figure not drawn", plot.dataset.fig, error);
  }
}

// Fonts first: Plotly measures its labels with the font it finds.
async function start() {
  await document.fonts.ready;
  if (document.querySelector(".leaf")) {
    for (const plot of plots) await draw(plot);
    document.body.dataset.drawn = "yes";
    return;
  }
  const seen = new IntersectionObserver(
    (entries) => {
      for (const entry of entries.filter((one) => one.isIntersecting)) {
        seen.unobserve(entry.target);
        draw(entry.target);
      }
    },
    { rootMargin: "300px" },
  );
  for (const plot of plots) seen.observe(plot);
}

// A phone that is turned, or a window made narrow, gets the figure of its new width.
function turned() {
  for (const plot of plots.filter((one) => one.data && !one.dataset.paper && !paper.matches)) {
    if (plot.dataset.narrow === String(plot.clientWidth < NARROW)) continue;
    window.Plotly.purge(plot);
    delete plot.dataset.drawn;
    draw(plot);
  }
}

// Paper is narrower than the screen, and Plotly does not follow by itself. What was drawn for paper is not drawn again.
function forPaper() {
  for (const plot of plots) {
    if (!plot.dataset.drawn) draw(plot);
    if (plot.data && !plot.dataset.paper) window.Plotly.relayout(plot, { ...printed(plot), "font.size": PRINTED_FONT });
  }
}

function forScreen() {
  for (const plot of plots.filter((one) => one.data)) {
    delete plot.dataset.paper;
    const height = Number(plot.dataset.height);
    window.Plotly.relayout(plot, { width: undefined, height, autosize: true, "font.size": base.layout.font.size });
  }
}

if (plots.length) {
  start();
  window.addEventListener("resize", turned);
  window.addEventListener("beforeprint", forPaper);
  window.addEventListener("afterprint", forScreen);
}
