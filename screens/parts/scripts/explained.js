// What is explained below a chart can be longer than its box: the keyboard goes there when it opens, to scroll it, and back when it closes.
const open = new WeakMap();

export default function ({ parentElement }) {
  const box = (parentElement.host ?? parentElement).closest('[data-testid="stPopoverBody"]');
  if (box && !open.has(parentElement)) {
    open.set(parentElement, document.activeElement);
    box.tabIndex = 0;
    box.focus({ preventScroll: true });
  }
  return () => {
    const opener = open.get(parentElement);
    setTimeout(() => document.activeElement === document.body && opener?.focus({ preventScroll: true }));
  };
}
