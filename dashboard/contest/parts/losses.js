// Curves of losses as SVG: the axis of x has its whole length from the beginning, so that one sees how far it is.
const SVG = "http://www.w3.org/2000/svg";

export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".losses");
  root.replaceChildren(...data.charts.map(chart));
}

function chart({ title, points, last, unit }) {
  const values = points.map(([, value]) => value);
  const high = Math.max(0, ...values), low = Math.min(0, ...values), span = high - low || 1;
  const x = (place) => (last > 1 ? 100 * (place - 1) / (last - 1) : 50), y = (value) => 60 - 60 * (value - low) / span;
  const figure = element("figure", "");
  figure.append(element("figcaption", title));
  const frame = element("div", "");
  frame.className = "frame";
  frame.setAttribute("role", "img");
  const now = values.length ? short(values[values.length - 1]) : "";
  frame.setAttribute("aria-label", values.length
    ? `${title}: ${short(values[0])} at ${unit} ${points[0][0]}, ${now} at ${unit} ${points[points.length - 1][0]} of ${last}`
    : `${title}: nothing yet`);
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 -2 100 64");
  svg.setAttribute("preserveAspectRatio", "none");
  const line = (way, name) => {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", way);
    path.setAttribute("class", name);
    svg.append(path);
  };
  line(`M0,${y(0)}H100`, "zero");
  if (points.length === 1) line(`M${x(points[0][0])},${y(values[0])}h0.01`, "curve dot");
  else if (points.length) line("M" + points.map(([place, value]) => `${x(place).toFixed(2)},${y(value).toFixed(2)}`).join("L"), "curve");
  frame.append(svg);
  if (values.length) {
    frame.append(label(short(high), "high"));
    frame.append(label(low < 0 ? short(low) : "0", "low"));
  }
  const axis = element("div", "");
  axis.className = "axis";
  axis.append(element("span", `${unit} 1`), element("span", now && `now ${now}`), element("span", String(last)));
  figure.append(frame, axis);
  return figure;
}

function element(kind, text) {
  const made = document.createElement(kind);
  made.textContent = text;
  return made;
}

function label(text, name) {
  const made = element("span", text);
  made.className = name;
  made.setAttribute("aria-hidden", "true");
  return made;
}

function short(value) {
  return Math.abs(value) >= 1000 || (value !== 0 && Math.abs(value) < 0.01) ? value.toExponential(1) : value.toPrecision(3);
}
