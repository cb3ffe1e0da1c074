// What Streamlit and plotly leave out for whoever has no mouse. It is told once, for as long as the window shows the
// dashboard.
const SCROLLED = "[data-testid=stMarkdownContainer] table, [data-testid=stHtml]:has(> .errors), [data-testid=stMain] pre";
const PRESSED = ".updatemenu-button";
const HEADINGS = "[data-testid=stMain] :is(h1, h2, h3)";

const headings = () => [...document.querySelectorAll(HEADINGS)];

// What is wider than its place takes the focus there, so that the arrow keys scroll it; where it fits it does not, as
// every stop is a key to press.
function scroll() {
  for (const one of document.querySelectorAll(SCROLLED)) {
    sizes.observe(one);
    const wide = one.scrollWidth > one.clientWidth;
    if (wide === one.hasAttribute("tabindex")) continue;
    if (wide) {
      one.tabIndex = 0;
      if (one.tagName !== "TABLE") one.setAttribute("role", "group");  // a table stays one
      one.setAttribute("aria-label", "Wider than the page: scrolls sideways");
    } else {
      for (const name of ["tabindex", "role", "aria-label"]) one.removeAttribute(name);
    }
  }
}

// Plotly's own buttons, such as "Play", are drawings that know the mouse only.
function press() {
  for (const one of document.querySelectorAll(`${PRESSED}:not([tabindex])`)) {
    one.setAttribute("tabindex", "0");
    one.setAttribute("role", "button");
    one.setAttribute("aria-label", one.textContent.replace(/^\W+/, ""));
  }
}

addEventListener("keydown", (event) => {
  const button = event.target.closest?.(PRESSED);
  if (!button || (event.key !== "Enter" && event.key !== " ")) return;
  event.preventDefault();  // the space bar would scroll as well
  button.dispatchEvent(new MouseEvent("click", { bubbles: true }));
});

// A click that takes away what was clicked, be it that a phone's menu closes, leads to what came of it: to the first
// heading that is new. Without that the focus is nowhere, nothing is read out, and on a phone the new part may lie above
// or below the window.
let clicked, before;

addEventListener("click", ({ target }) => {
  clicked = target.closest?.("button, a");
  before = new Set(headings().map((one) => one.textContent));
}, true);

// Whoever goes on by themselves is led nowhere.
for (const kind of ["focusin", "keydown", "wheel", "touchmove"]) addEventListener(kind, () => { clicked = null; }, true);

function arrive() {
  if (!clicked || document.activeElement !== document.body) return;
  if (!clicked.disabled && clicked.checkVisibility({ visibilityProperty: true })) return;
  if (document.querySelector("[data-testid=stApp]").dataset.testScriptState !== "notRunning") return;
  const found = headings().find((one) => !before.has(one.textContent));
  if (!found) return;
  found.tabIndex = -1;
  found.focus({ preventScroll: true });
  const { top, bottom } = found.getBoundingClientRect();
  if (top < 60 || bottom > 0.6 * innerHeight) found.scrollIntoView({ block: "start" });
}

// With the frame that follows, however much changes before it.
let due;
const later = () => { due ??= requestAnimationFrame(() => { due = undefined; scroll(); press(); arrive(); }); };
const sizes = new ResizeObserver(scroll);
new MutationObserver(later).observe(document.body, {
  childList: true, subtree: true, attributes: true, attributeFilter: ["data-test-script-state", "disabled"],
});

export default later;
