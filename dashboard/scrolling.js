// What is wider than its place takes the focus there, so that the arrow keys scroll it; where it fits it does not, as
// every stop is a key to press. Streamlit's tables and code blocks can be told so in no other way.
const SCROLLED = "[data-testid=stMarkdownContainer] table, .errors, [data-testid=stMain] pre";
const SAID = "Wider than the page: scrolls sideways";

let due;

function look() {
  due = undefined;
  for (const one of document.querySelectorAll(SCROLLED)) {
    sizes.observe(one);
    const wide = one.scrollWidth > one.clientWidth;
    if (wide === one.hasAttribute("tabindex")) continue;
    if (wide) {
      one.tabIndex = 0;
      if (one.tagName !== "TABLE") one.setAttribute("role", "group");  // a table stays one
      one.setAttribute("aria-label", SAID);
    } else {
      for (const name of ["tabindex", "role", "aria-label"]) one.removeAttribute(name);
    }
  }
}

// Once for as long as the window shows the dashboard; pages that refresh change several times a second.
const later = () => { due ??= setTimeout(look, 150); };
const sizes = new ResizeObserver(later);
new MutationObserver(later).observe(document.body, { childList: true, subtree: true });

export default later;
