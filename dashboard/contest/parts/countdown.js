// Draws the time that is left until the server's bell, and is never later than that. When an answer arrives, it is older
// than it says; so the server is asked for its time. This clock showed `asked` before the server's showed `at`, hence
// `asked - at` is no more than what this clock is ahead, and the bell rings at `at + left` plus that at the earliest. What
// is missing is the way of the question, half a round trip.
const clocks = new WeakMap();

// Milliseconds: a round trip that is worth another question, as the first one may come while a page is being loaded.
const LONG = 500;

// Milliseconds by which this clock is ahead of the server's, at least; the best of all answers.
let ahead = -Infinity;

export default function ({ parentElement, data, setStateValue }) {
  const root = parentElement.querySelector(".clock");
  let clock = clocks.get(root);
  if (!clock) clocks.set(root, (clock = new Clock(root)));
  clock.update(data, (moment) => setStateValue("asked", moment));
  return () => { clearTimeout(clock.timer); clocks.delete(root); };
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
    this.more = 2;
    this.digits = part("digits", { role: "timer", "aria-label": "Time left" });
    this.words = part("words", { "aria-live": "polite" });
    this.news = part("news", { role: "status" });
    this.bar = part("bar", { "aria-hidden": "true" });
    this.bar.append(document.createElement("i"));
  }

  update({ left, total, at, asked, news }, send) {
    this.send = send;
    // A moment later, as nothing is said of a text that comes together with its place.
    if (news !== this.text) setTimeout(() => { this.news.textContent = news; }, 500);
    this.text = news;
    if (at !== this.at) {  // the same answer may be drawn again later, and is older by then
      this.at = at;
      this.total = 1000 * total;
      this.first = Date.now() + 1000 * left;
      this.bell = 1000 * (at + left);
      this.told = false;
      if (asked) ahead = Math.max(ahead, asked - 1000 * at);
      ahead = Math.min(ahead, Date.now() - 1000 * at);  // no answer comes before it was given, unless this clock was set
      if (!this.asked || (asked === this.asked && Date.now() - asked > LONG && this.more-- > 0)) this.ask();
    }
    this.draw();
  }

  ask() {
    this.asked = Date.now();
    this.send(this.asked);
  }

  draw() {
    const end = ahead > -Infinity ? this.bell + ahead : this.first;
    const left = Math.max(0, end - Date.now()), whole = Math.ceil(left / 1000);
    const hours = Math.floor(whole / 3600), two = (n) => String(n).padStart(2, "0");
    const minutes = Math.floor(whole / 60) % 60;
    const digits = hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
    if (this.digits.textContent !== digits) this.digits.textContent = digits;
    // Said once at each step, not every second: a screen reader would talk of nothing else.
    const words = left === 0 ? "Time is over" : whole <= 60 ? "Less than a minute left" : "left";
    if (this.words.textContent !== words) this.words.textContent = words;
    this.root.classList.toggle("soon", whole <= 60);
    this.bar.firstChild.style.width = `${this.total ? Math.min(100, 100 * left / this.total) : 0}%`;
    clearTimeout(this.timer);
    if (left > 0) {
      this.timer = setTimeout(() => this.draw(), left % 1000 || 1000);  // when the next digit is due
    } else if (!this.told) {
      this.told = true;
      this.ask();  // its answer is the next page, or says that there is some time left
    }
  }
}
