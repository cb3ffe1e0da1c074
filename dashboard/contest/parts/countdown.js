// Draws the time that is left. Every answer of Python sets it anew, so it does not drift away from the server's clock.
const clocks = new WeakMap();

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".clock");
  let clock = clocks.get(root);
  if (!clock) clocks.set(root, (clock = new Clock(root)));
  clock.update(data, setTriggerValue);
  return () => { clearInterval(clock.timer); clocks.delete(root); };
}

class Clock {
  constructor(root) {
    const part = (name, attributes) => {
      const made = document.createElement("div");
      made.className = name;
      for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
      root.append(made);
      return made;
    };
    root.replaceChildren();
    this.root = root;
    this.digits = part("digits", { role: "timer", "aria-label": "Time left" });
    this.words = part("words", { "aria-live": "polite" });
    this.bar = part("bar", { "aria-hidden": "true" });
    this.bar.append(document.createElement("i"));
    this.timer = setInterval(() => this.draw(), 250);
  }

  update({ left, total, at }, send) {
    this.send = send;
    if (at !== this.at) {  // the same answer may be drawn again later, and is older by then
      this.at = at;
      this.end = Date.now() + 1000 * left;
      this.total = 1000 * total;
      this.told = false;
    }
    this.draw();
  }

  draw() {
    const left = Math.max(0, this.end - Date.now()), whole = Math.ceil(left / 1000);
    const hours = Math.floor(whole / 3600), two = (n) => String(n).padStart(2, "0");
    const minutes = Math.floor(whole / 60) % 60;
    const digits = hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
    if (this.digits.textContent !== digits) this.digits.textContent = digits;
    // Said once at each step, not every second: a screen reader would talk of nothing else.
    const words = left === 0 ? "Time is over" : whole <= 60 ? "Less than a minute left" : "left";
    if (this.words.textContent !== words) this.words.textContent = words;
    this.root.classList.toggle("soon", whole <= 60);
    this.bar.firstChild.style.width = `${this.total ? Math.min(100, 100 * left / this.total) : 0}%`;
    if (left === 0 && !this.told) {
      this.told = true;
      this.send("over", this.at);
    }
  }
}
