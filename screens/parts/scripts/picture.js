// Two entries of the menu below a chart. What draws the file is the page's own script (page.js), sent once.
export default function ({ data, parentElement }) {
  for (const format of ["png", "svg"]) {
    const button = parentElement.querySelector(`[data-format="${format}"]`);
    button.querySelector(".label").textContent = data[format];
    button.onclick = () => document.dispatchEvent(new CustomEvent("gaps-picture", { detail: { ...data, format } }));
  }
}
