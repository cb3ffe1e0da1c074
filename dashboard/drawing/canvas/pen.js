// The pen: pointer and keyboard become strokes. It knows nothing of the page around it.

// Of a length of the path: "by length" gives the chosen number of points for each such share of the plane's width.
const PIECE = 0.05;
const SAME_CORNER = 7;
const MOST_DOTS = 1500;
// Samples of one stroke: a longer one goes on as another.
const MOST_SAMPLES = 4000;

function lengthOf(path) {
  let total = 0;
  for (let n = 1; n < path.length; n += 1) {
    total += Math.hypot(path[n][0] - path[n - 1][0], path[n][1] - path[n - 1][1]);
  }
  return total;
}

function normal() {
  return Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
}

class Pen {
  // settings(): tool, width, points, byLength, klass, colour, split as they are now. done(stroke), changed().
  constructor(plane, settings, done, changed) {
    Object.assign(this, { plane, settings, done, changed });
    this.stroke = null;
    this.pointer = null;
    this.at = null;
    this.keyboard = false;
    const canvas = plane.canvas;
    canvas.addEventListener("pointerdown", (event) => this.down(event));
    canvas.addEventListener("pointermove", (event) => this.move(event));
    canvas.addEventListener("pointerup", (event) => this.up(event));
    canvas.addEventListener("pointercancel", (event) => event.pointerId === this.pointer && this.cancel());
    canvas.addEventListener("pointerleave", () => this.leave());
    canvas.addEventListener("contextmenu", (event) => event.preventDefault());
    canvas.addEventListener("keydown", (event) => this.key(event));
    canvas.addEventListener("keyup", (event) => event.key === " " && this.release());
    canvas.addEventListener("blur", () => this.leave(true));
  }

  get drawing() {
    return this.stroke !== null;
  }

  begin(at) {
    const { tool, width, points, byLength, klass, colour, split } = this.settings();
    this.stroke = { tool, width, points, byLength, klass, colour, split, path: [at], dots: [] };
    this.sprinkle(at, at);
  }

  extend(at) {
    const path = this.stroke.path, last = path[path.length - 1];
    if (at[0] === last[0] && at[1] === last[1]) return;
    // The brush leaves a dab for every standard deviation of its way.
    if (this.stroke.tool === "brush" && lengthOf([last, at]) < this.stroke.width) return;
    path.push(at);
    this.sprinkle(last, at);
    if (path.length < MOST_SAMPLES) return;
    const { held } = this.stroke, pointer = this.pointer;
    this.finish();
    this.pointer = pointer;
    this.begin(at);
    this.stroke.held = held;
  }

  // How many points the stroke will leave; of the brush, each of its dabs.
  count(stroke) {
    if (stroke.tool === "eraser") return 0;
    if (stroke.tool === "brush") return stroke.points;
    const span = this.plane.limits[1] - this.plane.limits[0];
    const pieces = stroke.byLength ? Math.max(1, lengthOf(stroke.path) / (PIECE * span)) : 1;
    return Math.round(stroke.points * pieces);
  }

  // Dots for the eye only: the points themselves are drawn in Python, from the stroke and its seed.
  sprinkle(from, to) {
    const stroke = this.stroke;
    if (stroke.tool === "eraser" || stroke.tool === "line") return;
    const dabs = stroke.tool === "brush", width = stroke.width;
    const wanted = Math.min(MOST_DOTS, this.count(stroke) * (dabs ? stroke.path.length : 1));
    while (stroke.dots.length < wanted) {
      const share = dabs ? 1 : Math.random();
      stroke.dots.push([0, 1].map((axis) => from[axis] + share * (to[axis] - from[axis]) + width * normal()));
    }
  }

  finish() {
    const stroke = this.stroke;
    this.stroke = this.pointer = null;
    if (stroke.tool === "line") {
      stroke.path = stroke.corners;
      if (stroke.path.length < 2) return this.changed();
    }
    stroke.count = this.count(stroke);
    this.done(stroke);
    this.changed();
  }

  cancel() {
    this.stroke = this.pointer = null;
    this.changed();
  }

  // Before the tool, the class or the split changes: a line that was begun is as it stands.
  settle() {
    if (this.stroke) this.finish();
  }

  down(event) {
    if (event.button !== 0 || this.pointer !== null) return;
    this.plane.canvas.focus({ preventScroll: true });
    event.preventDefault();
    this.keyboard = false;
    this.at = this.plane.fromEvent(event);
    if (this.settings().tool === "line") {
      this.corner(this.at);
    } else {
      this.pointer = event.pointerId;
      this.plane.canvas.setPointerCapture(event.pointerId);
      this.begin(this.at);
    }
    this.changed();
  }

  move(event) {
    if (this.pointer !== null && event.pointerId !== this.pointer) return;
    // Between two frames a quick hand makes several samples; all of them count.
    const samples = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
    this.keyboard = false;
    for (const sample of samples.length ? samples : [event]) {
      this.at = this.plane.fromEvent(sample);
      if (this.pointer !== null) this.extend(this.at);
    }
    this.rubber();
    this.changed();
  }

  up(event) {
    if (event.pointerId !== this.pointer) return;
    this.extend(this.plane.fromEvent(event));
    this.finish();
  }

  leave(all = false) {
    if (this.pointer !== null) return;
    if (all && this.stroke && this.stroke.held) this.finish();
    if (!this.keyboard || all) this.at = null;
    this.changed();
  }

  // A corner of a line; the last one again, which a double click is, ends it.
  corner(at) {
    if (!this.stroke) {
      this.begin(at);
      this.stroke.corners = [at];
      return;
    }
    const last = this.stroke.corners[this.stroke.corners.length - 1];
    const [x0, y0] = this.plane.toPixels(last), [x1, y1] = this.plane.toPixels(at);
    if (Math.hypot(x1 - x0, y1 - y0) <= SAME_CORNER) {
      this.finish();
    } else {
      this.stroke.corners.push(at);
      this.rubber();
    }
  }

  rubber() {
    if (this.stroke && this.stroke.corners && this.at) this.stroke.path = [...this.stroke.corners, this.at];
  }

  key(event) {
    const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    if (event.key in steps && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const [x0, x1, y0, y1] = this.plane.limits, [dx, dy] = steps[event.key];
      const step = event.shiftKey ? 0.1 : 0.02;
      const from = this.at || [(x0 + x1) / 2, (y0 + y1) / 2];
      this.at = this.plane.inside([from[0] + dx * step * (x1 - x0), from[1] + dy * step * (y1 - y0)]);
      if (this.stroke && this.stroke.held) this.extend(this.at);
      this.rubber();
    } else if (event.key === " " && !event.repeat) {
      const [x0, x1, y0, y1] = this.plane.limits;
      this.at = this.at || [(x0 + x1) / 2, (y0 + y1) / 2];
      if (this.settings().tool === "line") {
        this.corner(this.at);
      } else if (!this.stroke) {
        this.begin(this.at);
        this.stroke.held = true;
      }
    } else if (event.key === "Enter" && this.stroke && this.stroke.corners) {
      this.finish();
    } else if (event.key === "Escape" && this.stroke) {
      this.cancel();
    } else if (event.key !== " ") {
      return;
    }
    this.keyboard = true;
    event.preventDefault();
    event.stopPropagation();
    this.changed();
  }

  release() {
    if (this.stroke && this.stroke.held) this.finish();
  }
}
