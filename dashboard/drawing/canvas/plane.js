// The plane that is drawn on: data coordinates to pixels and back, and everything that is painted.

const MARGIN = { left: 44, right: 10, top: 10, bottom: 26 };
const DOT = 1.7;

// The marks of classes, as the picture of the points has them.
const MARK_PATHS = [
  "M8 3a5 5 0 1 0 .01 0z", "M3.5 3.5h9v9h-9z", "M8 2l6 6-6 6-6-6z", "M8 2.5l6 10.5H2z",
  "M3 5l2-2 3 3 3-3 2 2-3 3 3 3-2 2-3-3-3 3-2-2 3-3z", "M6.5 2.5h3v4h4v3h-4v4h-3v-4h-4v-3h4z",
  "M8 13.5L2 3h12z", "M8 1.5l2 4.6 5 .4-3.8 3.2 1.2 4.8L8 11.9l-4.4 2.6 1.2-4.8L1 6.5l5-.4z",
];

// Pixels of the page's text: a projector makes all of it larger.
function textSize() {
  return parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
}

function ticksOf(low, high, most) {
  const rough = (high - low) / most, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= rough * 0.999);
  const ticks = [];
  for (let n = Math.ceil(low / step - 1e-9); n * step <= high + 1e-9 * step; n += 1) ticks.push(n * step);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return ticks.map((value) => [value, (value + 0).toFixed(Math.min(digits, 6)).replace("-", "−")]);
}

class Plane {
  constructor(canvas) {
    this.canvas = canvas;
    this.limits = [-1, 1, -1, 1];
    this.picture = null;
  }

  // The canvas has as many pixels as the screen shows of it.
  fit(width, height) {
    const scale = window.devicePixelRatio || 1;
    this.width = width;
    this.height = height;
    Object.assign(this.canvas.style, { width: `${width}px`, height: `${height}px` });
    const across = Math.round(width * scale), up = Math.round(height * scale);
    if (this.canvas.width !== across || this.canvas.height !== up) {
      this.canvas.width = across;
      this.canvas.height = up;
    }
    this.scale = scale;
  }

  // Width and height within `width` and `most` pixels, with units equally long on both axes as far as that is sensible.
  sizeWithin(width, most) {
    const [x0, x1, y0, y1] = this.limits, ratio = Math.min(1.2, Math.max(0.4, (y1 - y0) / (x1 - x0)));
    const beside = MARGIN.left + MARGIN.right, above = MARGIN.top + MARGIN.bottom;
    const across = Math.min(width - beside, (most - above) / ratio);
    return [Math.round(across + beside), Math.round(across * ratio + above)];
  }

  get inner() {
    return {
      left: MARGIN.left, top: MARGIN.top,
      width: this.width - MARGIN.left - MARGIN.right, height: this.height - MARGIN.top - MARGIN.bottom,
    };
  }

  // Pixels a unit of each axis.
  get pixels() {
    const [x0, x1, y0, y1] = this.limits, { width, height } = this.inner;
    return [width / (x1 - x0), height / (y1 - y0)];
  }

  toPixels([x, y]) {
    const { left, top } = this.inner, [across, up] = this.pixels;
    return [left + (x - this.limits[0]) * across, top + (this.limits[3] - y) * up];
  }

  // Where a pointer is, in data coordinates, whatever zoom the page has; kept inside the limits.
  fromEvent(event) {
    const box = this.canvas.getBoundingClientRect(), { left, top } = this.inner;
    const [across, up] = this.pixels, [x0, x1, y0, y1] = this.limits;
    const x = x0 + (((event.clientX - box.left) * this.width) / box.width - left) / across;
    const y = y1 - (((event.clientY - box.top) * this.height) / box.height - top) / up;
    return this.inside([x, y]);
  }

  inside([x, y]) {
    const [x0, x1, y0, y1] = this.limits;
    return [Math.min(Math.max(x, x0), x1), Math.min(Math.max(y, y0), y1)];
  }

  colours() {
    const style = getComputedStyle(this.canvas);
    const of = (name, otherwise) => style.getPropertyValue(name).trim() || otherwise;
    return {
      text: of("--st-text-color", "#1B2733"),
      ground: of("--st-background-color", "#FFFFFF"),
      line: of("--st-border-color", "#CBD5DF"),
      accent: of("--st-primary-color", "#0067A3"),
      font: of("--st-font", "sans-serif"),
    };
  }

  paint(scene) {
    const pen = this.canvas.getContext("2d"), ink = this.colours(), { left, top, width, height } = this.inner;
    pen.setTransform(this.scale, 0, 0, this.scale, 0, 0);
    pen.clearRect(0, 0, this.width, this.height);
    this.axes(pen, ink);
    pen.save();
    pen.beginPath();
    pen.rect(left, top, width, height);
    pen.clip();
    if (this.picture) pen.drawImage(this.picture, left, top, width, height);
    for (const line of scene.overlays) this.overlay(pen, line, ink);
    for (const stroke of scene.strokes) this.stroke(pen, stroke, ink);
    if (scene.cursor) this.cursor(pen, scene.cursor, ink);
    pen.restore();
    pen.strokeStyle = ink.text;
    pen.globalAlpha = 0.5;
    pen.lineWidth = 1;
    pen.strokeRect(left + 0.5, top + 0.5, width - 1, height - 1);
    pen.globalAlpha = 1;
  }

  axes(pen, ink) {
    const { left, top, width, height } = this.inner, [x0, x1, y0, y1] = this.limits;
    pen.font = `${Math.min(18, Math.round(0.82 * textSize()))}px ${ink.font}`;
    pen.fillStyle = ink.text;
    pen.lineWidth = 1;
    const most = width < 420 ? 5 : 9;
    pen.textAlign = "center";
    pen.textBaseline = "top";
    for (const [value, words] of ticksOf(x0, x1, most)) {
      const [x] = this.toPixels([value, y0]);
      this.gridLine(pen, ink, value === 0, x, top, x, top + height);
      pen.fillText(words, x, top + height + 7);
    }
    pen.textAlign = "right";
    pen.textBaseline = "middle";
    for (const [value, words] of ticksOf(y0, y1, most)) {
      const [, y] = this.toPixels([x0, value]);
      this.gridLine(pen, ink, value === 0, left, y, left + width, y);
      pen.fillText(words, left - 7, y);
    }
  }

  gridLine(pen, ink, strong, x0, y0, x1, y1) {
    pen.strokeStyle = strong ? ink.text : ink.line;
    pen.globalAlpha = strong ? 0.35 : 0.7;
    pen.beginPath();
    pen.moveTo(Math.round(x0) + 0.5, Math.round(y0) + 0.5);
    pen.lineTo(Math.round(x1) + 0.5, Math.round(y1) + 0.5);
    pen.stroke();
    pen.globalAlpha = 1;
  }

  trace(pen, points) {
    pen.beginPath();
    points.forEach((point, index) => {
      const [x, y] = this.toPixels(point);
      if (index) pen.lineTo(x, y);
      else pen.moveTo(x, y);
    });
  }

  // Lines over the points: the Bayes boundary, ellipses of covariance. Each on a rim of the ground.
  overlay(pen, line, ink) {
    pen.setLineDash([]);
    pen.lineJoin = "round";
    this.trace(pen, line.points);
    pen.strokeStyle = ink.ground;
    pen.lineWidth = 5;
    pen.stroke();
    pen.setLineDash(line.dash || []);
    pen.strokeStyle = line.colour || ink.text;
    pen.lineWidth = 2.5;
    pen.stroke();
    pen.setLineDash([]);
  }

  // A stroke that Python has not answered yet: its ribbon, and dots such as it will leave.
  stroke(pen, stroke, ink) {
    const colour = stroke.tool === "eraser" ? ink.text : stroke.colour;
    const [across] = this.pixels, path = stroke.path;
    if (!path.length) return;
    pen.lineCap = pen.lineJoin = "round";
    pen.strokeStyle = pen.fillStyle = colour;
    pen.globalAlpha = stroke.tool === "eraser" ? 0.28 : 0.16;
    pen.lineWidth = Math.max(2, 2 * stroke.width * across);
    this.trace(pen, path.length > 1 ? path : [path[0], path[0]]);
    pen.stroke();
    pen.globalAlpha = 1;
    if (stroke.tool === "line") {
      pen.lineWidth = 2;
      this.trace(pen, path);
      pen.stroke();
      for (const point of stroke.corners || []) {
        const [x, y] = this.toPixels(point);
        pen.fillRect(x - 3.5, y - 3.5, 7, 7);
      }
    }
    pen.globalAlpha = 0.85;
    for (const point of stroke.dots) {
      const [x, y] = this.toPixels(point);
      pen.beginPath();
      pen.arc(x, y, DOT, 0, 7);
      pen.fill();
    }
    pen.globalAlpha = 1;
  }

  // A ring as wide as the tool; a cross beside it where the keyboard moves it.
  cursor(pen, cursor, ink) {
    const [x, y] = this.toPixels(cursor.at), [across, up] = this.pixels;
    pen.beginPath();
    pen.ellipse(x, y, Math.max(3, cursor.width * across), Math.max(3, cursor.width * up), 0, 0, 7);
    pen.strokeStyle = ink.ground;  // a rim, to be seen over points of its own colour
    pen.lineWidth = 4;
    pen.stroke();
    pen.strokeStyle = cursor.tool === "eraser" ? ink.text : cursor.colour;
    pen.lineWidth = 1.75;
    pen.setLineDash(cursor.tool === "eraser" ? [4, 3] : []);
    pen.stroke();
    pen.setLineDash([]);
    if (!cursor.keyboard) return;
    pen.strokeStyle = ink.text;
    pen.beginPath();
    pen.moveTo(x - 12, y);
    pen.lineTo(x + 12, y);
    pen.moveTo(x, y - 12);
    pen.lineTo(x, y + 12);
    pen.stroke();
  }
}
