// Two entries of the menu below a chart. What draws the file is the page's own script (page.js), sent once.
const open = new WeakMap();

export default function ({ data, parentElement }) {
  for (const format of ["png", "svg"]) {
    const button = parentElement.querySelector(`[data-format="${format}"]`);
    button.querySelector(".label").textContent = data[format];
    button.onclick = () => document.dispatchEvent(new CustomEvent("gaps-picture", { detail: { ...data, format } }));
  }
  // The menu hangs at the end of the page: the keyboard goes there when it opens, and back when it closes.
  if (!open.has(parentElement)) {
    open.set(parentElement, document.activeElement);
    parentElement.querySelector("button").focus({ preventScroll: true });
  }
  return () => {
    const opener = open.get(parentElement);
    setTimeout(() => document.activeElement === document.body && opener?.focus({ preventScroll: true }));
  };
}
