// The component: tools around a plane, and the letters to Python.
//
// Whatever changes the drawing is an action {id, ...}. All actions that Python has not answered are the value of the
// component, so one that is made while a page runs is not lost; Python answers with the number of the last one that it
// took, so none is taken twice. `pen` names this canvas: a page that is opened again begins with another one.

const TOOLS = {
  spray: { title: "Spray", keys: "s", width: 0.06, points: 10, icon: "M5 9h6v11H5zM6 6h4v3H6zM13 4h.01M16 3h.01M16 6h.01M19 2h.01M19 5h.01M19 8h.01", about: "evenly along the way, Gaussian across it; the ring is one standard deviation" },
  brush: { title: "Brush", keys: "g", width: 0.158, points: 15, icon: "M3 19c4 0 5-13 9-13s5 13 9 13", about: "a Gaussian dab, and another for every ring that it moves" },
  line: { title: "Line", keys: "l", width: 0.02, points: 10, icon: "M4 19L9 7l6 8 5-11", about: "click corners, double click ends" },
  eraser: { title: "Eraser", keys: "e", width: 0.1, points: 0, icon: "M9 20h11M5 14l8-9 6 6-8 9H9z", about: "takes points of every class" },
};
// Height of the plane at least, and what the page has above and below it, in pixels at text of 16.
const SMALL = 380, BELOW = 250;
const instances = new WeakMap();

export default function (component) {
  const root = component.parentElement;
  let one = instances.get(root);
  if (!one) instances.set(root, (one = new Drawing(root)));
  one.update(component);
  return () => one.remove();
}

class Drawing {
  constructor(root) {
    this.root = root;
    this.begin(undefined);
    this.chosen = { tool: "spray", klass: 0, choice: "", byLength: true };
    for (const [name, tool] of Object.entries(TOOLS)) this.chosen[name] = { width: tool.width, points: tool.points };
    this.find = (name) => root.querySelector(`[data-part=${name}]`);
    this.plane = new Plane(root.querySelector("canvas"));
    this.pen = new Pen(this.plane, () => this.settings(), (stroke) => this.sendStroke(stroke), () => this.repaint());
    this.buildTools();
    this.keys = (event) => this.shortcut(event);
    document.addEventListener("keydown", this.keys);
    this.observer = new ResizeObserver(() => this.fit());
    this.observer.observe(this.find("frame"));
    this.onresize = () => this.fit();
    window.addEventListener("resize", this.onresize);
  }

  remove() {
    document.removeEventListener("keydown", this.keys);
    window.removeEventListener("resize", this.onresize);
    this.observer.disconnect();
    instances.delete(this.root);
  }

  // Another drawing is another sheet: what was meant for the last one is not drawn on it.
  begin(draft) {
    this.draft = draft;
    this.pen_name = Math.random().toString(36).slice(2, 10);
    this.actions = [];
    this.waiting = [];
    this.number = 0;
  }

  get scale() {
    const [x0, x1] = this.plane.limits;
    return (x1 - x0) / 2;
  }

  settings() {
    const { tool, klass, byLength } = this.chosen, own = this.chosen[tool];
    return {
      tool, klass, byLength, points: own.points, width: own.width * this.scale,
      colour: this.data.classes[klass].colour, split: this.data.split,
    };
  }

  // Called for every answer of Python, and where the colours of the page change.
  update({ data, setStateValue }) {
    if (this.draft !== data.draft) {
      this.pen.cancel();
      this.begin(data.draft);
    } else if (this.data.split !== data.split) {
      this.pen.settle();
    }
    this.data = data;
    this.send = setStateValue;
    this.plane.limits = data.limits;
    const taken = data.taken[this.pen_name] || 0;
    this.number = Math.max(this.number, taken);
    this.actions = this.actions.filter((action) => action.id > taken);
    if (data.choice !== this.chosen.choice) {  // a class that was just added is the one to draw with
      this.chosen.choice = data.choice;
      this.chosen.klass = data.chosen;
    }
    this.chosen.klass = Math.min(this.chosen.klass, data.classes.length - 1);
    this.load(data.picture, taken);
    this.showClasses();
    this.showTools();
    this.say(data.said);
    this.fit();
  }

  // Ribbons of answered strokes stay until the picture with their points is there.
  load(picture, taken) {
    const done = () => {
      this.waiting = this.waiting.filter((stroke) => stroke.id > taken);
      this.repaint();
    };
    if (picture === this.shown) return done();
    this.shown = picture;
    const image = new Image();
    image.onload = () => {
      if (this.shown !== picture) return;
      this.plane.picture = image;
      done();
    };
    image.src = picture;
  }

  act(action) {
    this.number += 1;
    this.actions.push({ id: this.number, split: this.data.split, ...action });
    this.send("actions", { pen: this.pen_name, draft: this.draft, actions: this.actions });
    return this.number;
  }

  sendStroke({ tool, width, klass, count, split, path, colour, dots }) {
    const id = this.act({ kind: "stroke", tool, width, klass, count, split, path });
    this.waiting.push({ id, split, tool, width, colour, path, dots });
  }

  // Toolbar -----------------------------------------------------------------------------------------------------

  buildTools() {
    const tools = this.find("tools");
    tools.replaceChildren();
    for (const [name, { title, keys, icon, about }] of Object.entries(TOOLS)) {
      const button = element("button", { type: "button", role: "radio", title: `${title} (${keys.toUpperCase()}): ${about}` });
      button.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${icon}"/></svg>`;  // our own constants
      button.append(element("span", { text: title }));
      button.onclick = () => this.chooseTool(name);
      button.dataset.tool = name;
      tools.append(button);
    }
    asRadios(tools);
    asRadios(this.find("classes"));
    for (const action of ["undo", "redo", "clear"]) {
      this.find(action).onclick = () => { this.pen.cancel(); this.act({ kind: action }); };
    }
    this.find("width").oninput = (event) => { this.chosen[this.chosen.tool].width = Number(event.target.value); this.showTools(); this.repaint(); };
    this.find("points").oninput = (event) => {
      const points = Math.round(Number(event.target.value));
      if (points >= 1 && points <= 1000) this.chosen[this.chosen.tool].points = points;
    };
    this.find("length").onchange = (event) => { this.chosen.byLength = event.target.checked; };
  }

  chooseTool(name) {
    this.pen.settle();
    this.chosen.tool = name;
    this.showTools();
    this.repaint();
  }

  chooseClass(index) {
    this.pen.settle();
    this.chosen.klass = index;
    if (this.chosen.tool === "eraser") this.chosen.tool = "spray";
    this.showClasses();
    this.showTools();
    this.repaint();
  }

  showClasses() {
    const list = this.find("classes"), { classes } = this.data, focused = this.root.activeElement;
    const had = focused && focused.parentElement === list ? [...list.children].indexOf(focused) : -1;
    list.replaceChildren(...classes.map(({ name, colour, count }, index) => {
      const on = index === this.chosen.klass;
      const chip = element("button", { type: "button", role: "radio", "aria-checked": String(on), tabindex: on ? "0" : "-1", title: `Draw class ${name} (${index + 1})` });
      chip.innerHTML = `<svg viewBox="0 0 16 16" aria-hidden="true"><path d="${MARK_PATHS[index % MARK_PATHS.length]}"/></svg>`;
      chip.style.setProperty("--class", colour);
      chip.append(element("span", { text: name }), element("small", { text: count.toLocaleString("en") }));
      chip.onclick = () => this.chooseClass(index);
      return chip;
    }));
    if (had >= 0 && list.children[had]) list.children[had].focus();
  }

  showTools() {
    const { tool } = this.chosen, own = this.chosen[tool];
    for (const button of this.find("tools").children) {
      const on = button.dataset.tool === tool;
      button.setAttribute("aria-checked", String(on));
      button.tabIndex = on ? 0 : -1;
    }
    this.find("width").value = own.width;
    this.find("width-name").textContent = tool === "brush" ? "Spread" : "Width";
    this.find("width-value").textContent = Number((own.width * this.scale).toPrecision(2)).toString();
    if (this.root.activeElement !== this.find("points")) this.find("points").value = own.points;
    this.find("length").checked = this.chosen.byLength;
    this.find("amount").hidden = tool === "eraser";
    this.find("points-name").textContent = tool === "brush" ? "Points a dab" : "Points";
    this.find("by-length").hidden = tool === "brush";
    this.find("about").textContent = `${TOOLS[tool].title}: ${TOOLS[tool].about}.`;
    this.find("undo").disabled = !this.data.undo;
    this.find("redo").disabled = !this.data.redo;
    this.find("clear").disabled = !this.data.count;
    this.find("clear").title = `Clear ${this.data.split}`;
    const name = tool === "eraser" ? "every class" : `class ${this.data.classes[this.chosen.klass].name}`;
    const points = `${this.data.count.toLocaleString("en")} point${this.data.count === 1 ? "" : "s"}`;
    this.plane.canvas.setAttribute("aria-label",
      `Drawing of ${this.data.split}, ${points}. Tool ${TOOLS[tool].title.toLowerCase()}, ${name}. Arrow keys move, space draws.`);
  }

  say(text) {
    if (this.find("said").textContent !== text) this.find("said").textContent = text;
  }

  // Keys that work wherever nothing is being typed.
  shortcut(event) {
    const focus = event.composedPath()[0];
    if (focus.closest && focus.closest("input:not([type=range]):not([type=checkbox]), textarea, [contenteditable=true]")) return;
    const key = event.key.toLowerCase(), strong = event.ctrlKey || event.metaKey;
    if (strong && !event.altKey && (key === "z" || key === "y")) {
      event.preventDefault();
      if (this.pen.drawing) return this.pen.cancel();
      const kind = key === "y" || event.shiftKey ? "redo" : "undo";
      if (this.data[kind] || this.actions.length) this.act({ kind });
    } else if (!strong && !event.altKey && this.root.contains(focus)) {
      const tool = Object.keys(TOOLS).find((name) => TOOLS[name].keys === key);
      if (tool) this.chooseTool(tool);
      else if (/^[1-9]$/.test(key) && this.data.classes[key - 1]) this.chooseClass(key - 1);
    }
  }

  // Painting ----------------------------------------------------------------------------------------------------

  fit() {
    const width = this.find("frame").clientWidth;
    if (!width || !this.data) return;
    this.plane.fit(...this.plane.sizeWithin(width, Math.max(SMALL, window.innerHeight - (BELOW * textSize()) / 16)));
    this.repaint();
  }

  repaint() {
    if (this.frame || !this.data) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.paint();
    });
  }

  paint() {
    if (!this.plane.width) return;
    const { pen, data } = this, { tool, width, colour } = this.settings();
    const strokes = this.waiting.filter((stroke) => stroke.split === data.split);
    if (pen.stroke) strokes.push(pen.stroke);
    const cursor = pen.at && { at: pen.at, tool, width, colour, keyboard: pen.keyboard };
    this.plane.paint({ overlays: data.overlays, strokes, cursor });
  }
}

function element(tag, { text, ...attributes }) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

// Arrow keys go from one alternative to the next, as in every group of radio buttons.
function asRadios(group) {
  group.onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const all = [...group.children], at = all.indexOf(event.target);
    if (!step || at < 0) return;
    event.preventDefault();
    const next = (at + step + all.length) % all.length;
    all[next].click();
    group.children[next].focus();
  };
}
