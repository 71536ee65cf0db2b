// What only the browser can do for a page: say its language and width, write a drawn chart as a file of its own, lay charts out on paper.
// It is installed once per tab and asks no other host for anything.
const SVG = "http://www.w3.org/2000/svg";
const AIR = 24;        // pixels around the chart in a file
const SHARP = 2;       // pixels of a picture per pixel on the screen
const LAST = 1000;     // milliseconds until a file that was handed over is let go
const ROWS = 200;      // of a table on paper

const NARROW = 720;    // pixels of the page's width: in less the wide drawings' words would not fit into their boxes

let settings = {};
let told = () => {};

export default function ({ data, setStateValue }) {
  settings = data;
  drawInTurn();
  told = (narrow) => setStateValue("narrow", narrow);
  document.documentElement.lang = data.language;
  document.gapsScript?.abort();
  const script = (document.gapsScript = new AbortController());
  const { signal } = script;
  document.addEventListener("gaps-picture", (event) => save(event.detail), { signal });
  window.addEventListener("beforeprint", toPaper, { signal });
  window.addEventListener("afterprint", toScreen, { signal });
  const watch = new MutationObserver(soon);
  watch.observe(document.querySelector('[data-testid="stApp"]'), { childList: true, subtree: true });
  backAndForth(signal);
  toThePlace(signal);
  document.addEventListener("click", besideRow, { signal });
  window.addEventListener("resize", soon, { signal });
  const width = new ResizeObserver(soon);
  width.observe(document.querySelector('[data-testid="stMain"]'));
  signal.addEventListener("abort", () => [watch, width].forEach((one) => one.disconnect()));
  soon();
  return () => script.abort();
}

// ---- a chart as a file ----

async function save({ key, file, format, ...around }) {
  const graph = drawn(key);
  if (!graph) return;
  const svg = standalone(graph, around);
  const text = new XMLSerializer().serializeToString(svg);
  const blob = format === "svg" ? new Blob([text], { type: "image/svg+xml" }) : await picture(text, svg);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `${file}.${format}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), LAST);
}

/** The chart of a key, where it is shown. */
function drawn(key) {
  const graphs = document.querySelectorAll(`.st-key-chart-${CSS.escape(key)} .js-plotly-plot`);
  return [...graphs].find((graph) => graph.getBoundingClientRect().width > 0);
}

/** One SVG of a chart's layers with its words around them, in the colours of paper. */
function standalone(graph, { title, subtitle, caption, source }) {
  const layers = [...graph.querySelectorAll("svg.main-svg")];
  const [width, height] = sizeOf(layers);
  const svg = element("svg", { xmlns: SVG, "font-family": settings.font, lang: settings.language });
  let y = AIR;
  const words = (text, size, colour, weight = 400) => {
    for (const line of lines(text, width, `${weight} ${size}px ${settings.font}`)) {
      y += size * 1.4;
      const at = { x: AIR, y: y - size * 0.35, "font-size": size, "font-weight": weight, fill: colour };
      svg.append(element("text", at, line));
    }
  };
  words(title, 18, settings.text, 650);
  words(subtitle, 14, settings.muted);
  y += title || subtitle ? 10 : 0;
  const chart = element("g", { transform: `translate(${AIR} ${y})` });
  chart.append(...layers.flatMap((layer) => [...layer.cloneNode(true).childNodes]));
  chart.querySelectorAll(".hoverlayer, .draglayer, .zoomlayer, .cursor-pointer.nsewdrag").forEach((part) => part.remove());
  for (const part of chart.querySelectorAll("[data-unformatted]")) part.removeAttribute("data-unformatted");
  svg.append(chart);
  y += height + 6;
  words(caption, 12, settings.muted);
  words(source, 12, settings.muted);
  y += AIR;
  const whole = width + 2 * AIR;
  for (const [name, value] of Object.entries({ width: whole, height: y, viewBox: `0 0 ${whole} ${y}` })) svg.setAttribute(name, value);
  svg.prepend(element("title", {}, title), element("rect", { width: "100%", height: "100%", fill: settings.paper }));
  inColoursOfPaper(chart);
  return svg;
}

function element(name, attributes, text) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) if (key !== "xmlns") made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

/** The dark theme's colours become the light theme's: a file is for paper and slides. */
function inColoursOfPaper(chart) {
  const light = settings.light;
  if (!Object.keys(light).length) return;
  for (const part of chart.querySelectorAll("[style], [fill], [stroke]")) {
    for (const name of ["style", "fill", "stroke"]) {
      const value = part.getAttribute(name);
      if (value) part.setAttribute(name, value.replace(/rgb\(\d+, \d+, \d+\)|#[0-9A-F]{6}\b/gi, (colour) => light[colour] ?? colour));
    }
  }
}

/** Text broken into lines of a width: at spaces, and between Chinese characters but before no closing mark. */
function lines(text, width, font) {
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = font;
  const broken = [];
  for (const piece of (text || "").match(/[（「『“‘《]?[\u2e80-\u9fff][，。；：？！、）」』”’》…—]*|[<>]\s\S+\s*|[^\s\u2e80-\u9fff]+\s*|\s+/g) ?? []) {
    const last = broken.at(-1);
    if (last === undefined || pen.measureText((last + piece).trimEnd()).width > width) broken.push(piece);
    else broken[broken.length - 1] = last + piece;
  }
  return broken.map((line) => line.trim());
}

async function picture(text, svg) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(Number(svg.getAttribute("width")) * SHARP);
  canvas.height = Math.round(Number(svg.getAttribute("height")) * SHARP);
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

// ---- paper ----

/** A drawing has the width of the screen; told its own size, it shrinks to that of the paper (the style sheet does the rest). */
function toPaper() {
  drawRest();
  gridsToPaper();
  foldedToPaper();
  for (const graph of document.querySelectorAll(".js-plotly-plot")) {
    const shown = graph.offsetParent !== null;
    graph.classList.toggle("gaps-not-on-paper", !shown);
    const layers = [...graph.querySelectorAll("svg.main-svg")];
    if (!shown || !layers.length) continue;
    const [width, height] = sizeOf(layers);
    graph.style.setProperty("--gaps-width", `${width}px`);
    graph.style.setProperty("--gaps-ratio", `${width} / ${height}`);
    for (const layer of layers) {
      layer.setAttribute("viewBox", `0 0 ${width} ${height}`);
      layer.setAttribute("preserveAspectRatio", "xMidYMin");
    }
  }
}

/** Width and height that a chart's layers were drawn for. */
function sizeOf(layers) {
  return ["width", "height"].map((side) => Math.max(...layers.map((layer) => Number(layer.getAttribute(side)))));
}

function toScreen() {
  document.querySelectorAll(".gaps-paper-table").forEach((table) => table.remove());
  for (const layer of document.querySelectorAll(".js-plotly-plot svg.main-svg")) layer.removeAttribute("viewBox");
}

/**
 * A grid is a picture of the rows in sight. What it is made from is read from its component, cell by cell as it would be drawn and in the
 * order it is sorted in, and printed as a plain table. Where that is not found, the picture is printed.
 */
function gridsToPaper() {
  toScreen();
  for (const grid of document.querySelectorAll('[data-testid="stDataFrame"]')) {
    const source = grid.checkVisibility() ? sourceOf(grid) : undefined;
    if (!source) continue;
    const typed = source.rows && source.columns.some((_, x) => source.cell([x, 0]).readonly === false);
    grid.classList.toggle("gaps-typed", Boolean(typed)); // what is typed into is a control
    if (!typed) grid.after(plainTable(source));
  }
}

/** Columns, number of rows and cells of a grid: the properties of the component that draws it. */
function sourceOf(grid) {
  const drawn = grid.querySelector("canvas");
  const inner = drawn && Object.keys(drawn).find((key) => key.startsWith("__reactFiber$"));
  for (let part = drawn?.[inner]; part && part.stateNode !== grid; part = part.return) {
    const { getCellContent: cell, columns, rows } = part.memoizedProps ?? {};
    if (typeof cell === "function" && Array.isArray(columns) && rows >= 0) return { cell, columns, rows };
  }
}

function plainTable({ cell, columns, rows }) {
  const table = document.createElement("table");
  table.className = "gaps-paper-table";
  const row = (into, tag, cells) => {
    const line = into.insertRow();
    for (const { text, number, bars } of cells) {
      const made = line.appendChild(document.createElement(tag));
      if (bars) made.append(smallBars(bars));
      else made.textContent = unparted(text);
      if (number) made.className = "number";
    }
  };
  const shown = Math.min(rows, ROWS);
  const body = Array.from({ length: shown }, (_, y) => columns.map((_, x) => read(cell([x, y]))));
  const numeric = columns.map((_, x) => body.every((line) => !line[x].bars && /^[^\p{L}]*$/u.test(line[x].text)));
  row(table.createTHead(), "th", columns.map(({ title }, x) => ({ text: title, number: numeric[x] })));
  const lines = table.createTBody();
  for (const line of body) row(lines, "td", line.map((one, x) => ({ ...one, number: numeric[x] })));
  if (rows > shown) {
    const count = (rows - shown).toLocaleString(settings.language);
    table.createCaption().textContent = settings.rest.replace("%n", count);
  }
  return table;
}

/** A cell as text, or as the heights of its small bars. */
function read(cell) {
  const bars = cell.data?.values;
  return { text: cell.displayData ?? String(cell.data ?? ""), bars: Array.isArray(bars) ? bars : undefined };
}

/** Text in which no number is parted from its sign, nor one limit of an interval from the other. */
function unparted(text) {
  return text.replace(/([<>▲▼]) |(?<=\d) (?=%)| (?=(?:to|至) [−+\d])|(?<=\d (?:to|至)) /g, (_, mark = "") => `${mark}\u00a0`);
}

function smallBars(heights) {
  const [width, height] = [7, 16];
  const whole = { width: heights.length * width, height, "aria-hidden": "true" };
  const svg = element("svg", whole);
  const most = Math.max(...heights);
  heights.forEach((one, x) => {
    const tall = most > 0 ? Math.max((one / most) * height, 0.5) : 0.5;
    svg.append(element("rect", { x: x * width, y: height - tall, width: width - 1.5, height: tall, fill: settings.text }));
  });
  return svg;
}

/** Who reads paper cannot unfold how the numbers were computed, nor a table: the style sheet shows these parts unfolded, methods in small type. */
function foldedToPaper() {
  for (const icon of document.querySelectorAll('[data-testid="stExpander"] summary [data-testid="stExpanderIcon"]')) {
    const folded = icon.closest("details");
    folded.classList.toggle("gaps-method", icon.textContent === "calculate");
    folded.classList.toggle("gaps-folded-table", icon.textContent === "table" && folded.querySelector('[data-testid="stTable"]') !== null);
  }
}

// ---- back and forth ----

/**
 * A quick hand goes back three times before the first answer is there. Streamlit then writes the page of that answer as a new entry of the
 * history, although the reader has left it: what lay ahead is gone, and going forward leads nowhere. Until something is pressed, the
 * address stays where the reader went.
 */
function backAndForth(signal) {
  const push = history.pushState;
  const walks = (now) => () => (document.gapsWalking = now);  // there, because this script may be installed anew meanwhile
  history.pushState = function (...entry) {
    if (!document.gapsWalking) push.apply(history, entry);
  };
  window.addEventListener("popstate", walks(true), { signal, capture: true });
  for (const press of ["pointerdown", "keydown", "click", "change"]) window.addEventListener(press, walks(false), { signal, capture: true });
  signal.addEventListener("abort", () => (history.pushState = push));
}

// ---- to the place that a link names ----

/** A link to a part of another page (show.way) has the part's name; until the page is drawn or the reader moves, that part is kept in sight. */
function toThePlace(signal) {
  const pressed = ({ target }) => {
    const way = target.closest?.("a") && target.closest('[class*="st-key-way-to-"]');
    document.gapsPlace = way ? [...way.classList].find((one) => one.startsWith("st-key-way-to-")).replace("way-to-", "place-") : undefined;
  };
  document.addEventListener("click", pressed, { signal, capture: true });
  const moved = () => (document.gapsPlace = undefined);
  for (const move of ["wheel", "touchmove", "keydown"]) document.addEventListener(move, moved, { signal, capture: true, passive: true });
}

/** The heading of the part gets the keyboard's focus, so that the next Tab goes on from there. */
function arrive() {
  const place = document.gapsPlace && document.querySelector(`.${CSS.escape(document.gapsPlace)}`);
  if (!place) return;
  place.scrollIntoView({ block: "start" });
  const heading = place.querySelector("h2, h3");
  if (heading && document.activeElement !== heading) {
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  }
  if (document.querySelector('[data-testid="stApp"]').dataset.testScriptState !== "running") document.gapsPlace = undefined;
}

// ---- clicks ----

/** Rows that answer to a click carry their name and number beside the drawing's field, which alone hears of clicks: what is pressed there is
 * pressed at the field's edge. */
function besideRow(event) {
  const field = event.target.closest?.('[class*="st-key-click-"] .js-plotly-plot:has(.barlayer .point)')?.querySelector(".nsewdrag");
  if (!event.isTrusted || !field || event.target === field) return;
  const at = field.getBoundingClientRect();
  if (event.clientY < at.top || event.clientY > at.bottom) return;
  const place = { clientX: Math.min(Math.max(event.clientX, at.left + 2), at.right - 2), clientY: event.clientY };
  for (const type of ["mousemove", "mousedown", "mouseup"]) {
    field.dispatchEvent(new MouseEvent(type, { bubbles: true, cancelable: true, view: window, button: 0, ...place }));
  }
}

// ---- for who listens, or has no mouse ----

let waiting = 0;

/** Once the page has come to rest for a moment. */
function soon() {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    plainMenu();
    pushedTables();
    measure();
    arrive();
  }, 100);
}

/** The server draws for a phone or for a wide page: it is told where it thought wrong. What is on paper stays as it was drawn. */
function measure() {
  const room = document.querySelector(".st-key-page-width")?.clientWidth;
  if (!room || matchMedia("print").matches) return;
  const narrow = room < NARROW;
  if (narrow !== settings.narrow) told((settings.narrow = narrow));
}

/** The menu's list holds groups, which no list may: its links are read as what they are, links in a navigation. */
function plainMenu() {
  const parts = '[data-testid="stSidebarNavItems"]:not([role]), [data-testid="stSidebarNavItems"] li:not([role])';
  for (const part of document.querySelectorAll(parts)) part.setAttribute("role", "none");
}

const SIGN = 16;       // pixels at the right of a table for the sign that it goes on

/** A table wider than its frame is pushed sideways inside it, by keyboard too, and shows whole columns only. */
function pushedTables() {
  for (const { parentElement: frame } of document.querySelectorAll('[data-testid="stTable"] table')) {
    const at = frame.scrollLeft;
    classed(frame, "gaps-pushed", false); // its cells wrap as far as they can: only then is it seen whether it fits
    const pushed = frame.scrollWidth > frame.clientWidth + 1;
    classed(frame, "gaps-pushed", pushed);
    if (frame.scrollLeft !== at) frame.scrollLeft = at;
    if (pushed && frame.tabIndex !== 0) frame.tabIndex = 0;
    else if (!pushed && frame.hasAttribute("tabindex")) frame.removeAttribute("tabindex");
    frame.onscroll = pushed ? () => wholeColumns(frame) : null;
    wholeColumns(frame);
  }
}

/**
 * Half a number is another number: a column that the frame's edge or the first column, which stays, would cut is covered, and a sign says
 * on which side the table goes on. A column wider than the room for it is shown as it is.
 */
function wholeColumns(frame) {
  const [first, ...others] = [...frame.querySelector("tr").cells].map((cell) => cell.getBoundingClientRect());
  const { left, right } = frame.getBoundingClientRect();
  const more = frame.classList.contains("gaps-pushed") && frame.scrollLeft + frame.clientWidth < frame.scrollWidth - 1;
  const from = left + (first?.width ?? 0);
  const cut = (edge) => others.find((one) => one.left < edge - 1 && one.right > edge + 1);
  const [before, after] = [cut(from), cut(more ? right - SIGN : right)];
  const alone = !others.some((one) => one.left >= from - 1 && one.right <= (more ? right - SIGN : right) + 1);
  widen(frame, "first", from - left);
  widen(frame, "before", alone || !before ? 0 : before.right - from);
  widen(frame, "after", alone || !more ? 0 : right - (after?.left ?? right - SIGN));
  classed(frame.parentElement, "gaps-more", more);
}

/** Nothing is written that is so already: whoever watches the page sees what changes. */
function classed(part, name, on) {
  if (part.classList.contains(name) !== on) part.classList.toggle(name, on);
}

function widen(frame, what, pixels) {
  const [name, value] = [`--gaps-${what}`, `${pixels}px`];
  if (frame.style.getPropertyValue(name) !== value) frame.style.setProperty(name, value);
}
