// When charts are drawn. Streamlit draws each new chart twice, the second time over the same content, and all charts of a page in one go,
// those in sight done no sooner than the last. Here each is drawn once, what is in sight at first, the rest a few at a time.

const BUSY = 30;            // milliseconds after which the page gets to answer in between
const undrawn = new Map();  // graph -> what draws it
let turn = 0;

/** Have the drawing library ask here. It comes with the first chart; where it does not say so, Streamlit draws in its own way. */
function drawInTurn() {
  if (window.Plotly) return takeTurns(window.Plotly);
  const came = (library) => {
    Object.defineProperty(window, "Plotly", { value: library, writable: true, configurable: true });
    takeTurns(library);
  };
  Object.defineProperty(window, "Plotly", { set: came, get: () => undefined, configurable: true });
}

function takeTurns(library) {
  if (library.react.inTurn) return;
  const react = library.react;
  library.react = (graph, figure) => {
    const draw = async () => (!graph.isConnected || shows(graph, figure) ? graph : react.call(library, graph, measured(graph, figure)));
    if (!undrawn.size) queueMicrotask(drawInSight);
    return new Promise((drawn) => undrawn.set(graph, () => drawn(draw())));
  };
  library.react.inTurn = true;
}

function drawInSight() {
  [...undrawn.keys()].filter(inSight).forEach(drawNow);
  clearTimeout(turn);
  turn = setTimeout(drawNext);
}

function drawNext() {
  const until = performance.now() + BUSY;
  while (undrawn.size && performance.now() < until) {
    const graphs = [...undrawn.keys()];
    drawNow(graphs.find(inSight) ?? graphs[0]);
  }
  if (undrawn.size) turn = setTimeout(drawNext);
}

function drawRest() {
  [...undrawn.keys()].forEach(drawNow);
}

function drawNow(graph) {
  const draw = undrawn.get(graph);
  undrawn.delete(graph);
  draw();
}

/** Whether its place is in sight: that has its height before anything is drawn, and begins where the chart does that gives way to it. */
function inSight(graph) {
  const place = graph.closest('[class*="st-key-chart-"]') ?? graph.closest('[data-testid="stElementContainer"]') ?? graph;
  const { width, top, bottom } = place.getBoundingClientRect();
  return width > 0 && bottom >= 0 && top <= innerHeight;
}

/** The first time Streamlit has not measured the width yet, and would draw again once it has. */
function measured(graph, figure) {
  figure.layout.width ??= graph.parentElement.clientWidth || undefined;
  return figure;
}

/** Whether a chart shows already what it is asked to. */
function shows(graph, { data, layout }) {
  return graph._fullLayout && same(graph.data, data) && same(graph.layout, layout);
}

function same(one, other) {
  if (Object.is(one, other)) return true;
  if (typeof one !== "object" || typeof other !== "object" || !one || !other) return false;
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].every((name) => same(one[name], other[name]));
}
