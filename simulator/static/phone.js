// One pretend phone: a card that is made once and then brought up to date.

import { command } from "./api.js";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];
const LETTERS = { 2: "abc", 3: "def", 4: "ghi", 5: "jkl", 6: "mno", 7: "pqrs", 8: "tuv", 9: "wxyz", 0: "+" };
const ENDED = {
  completed: "The call has ended.",
  busy: "The line was busy.",
  "no-answer": "Nobody answered.",
  failed: "The call could not be made.",
  canceled: "The call was canceled.",
};

const clock = (seconds) =>
  new Date(seconds * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });

export function pretty(number) {
  const parts = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(number);
  return parts ? `(${parts[1]}) ${parts[2]}-${parts[3]}` : number;
}

export class Phone {
  constructor(template, number, page) {
    this.number = number;
    this.page = page;
    this.root = template.content.firstElementChild.cloneNode(true);
    this.root.id = `phone-${number.replace("+", "")}`;
    this.chosen = null;
    this.drawn = { call: "", lines: -1, texts: -1, read: 0 };
    this.tab = "call";
    this.fillKeypad();
    this.nameParts();
    this.listen();
  }

  part(selector) {
    return this.root.querySelector(selector);
  }

  // Labels and tabs need ids of their own on every card.
  nameParts() {
    for (const label of this.root.querySelectorAll("label")) {
      const field = label.nextElementSibling;
      field.id = `${this.root.id}-${label.parentElement.className.replace(/\W/g, "")}-${field.className || "words"}`;
      label.htmlFor = field.id;
    }
    for (const name of ["call", "text"]) {
      const [tab, pane] = [this.part(`.tab-${name}`), this.part(`.${name}-pane`)];
      [tab.id, pane.id] = [`${this.root.id}-tab-${name}`, `${this.root.id}-${name}`];
      tab.setAttribute("aria-controls", pane.id);
      pane.setAttribute("aria-labelledby", tab.id);
    }
  }

  fillKeypad() {
    for (const key of KEYS) {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.key = key;
      const letters = document.createElement("small");
      letters.textContent = LETTERS[key] ?? "";
      button.append(key, letters);
      button.setAttribute("aria-label", { "*": "star", "#": "pound" }[key] ?? key);
      this.part(".keypad").append(button);
    }
  }

  listen() {
    const on = (selector, event, act) => this.part(selector).addEventListener(event, act);
    on(".dial", "click", () => this.send("dial", { number: this.number, line: this.page.line() }));
    on(".answer", "click", () => this.onCall("answer"));
    on(".decline", "click", () => this.onCall("decline"));
    on(".hang-up", "click", () => this.onCall("hang-up"));
    on(".keypad", "click", (event) => {
      const key = event.target.closest("button")?.dataset.key;
      if (key) this.onCall("press", { keys: key });
    });
    on(".say", "submit", (event) => this.submit(event, (words) => this.onCall("say", { words })));
    on(".text", "submit", (event) =>
      this.submit(event, (body) => this.send("text", { number: this.number, body, line: this.page.line() })),
    );
    on(".behaviour", "change", (event) => {
      const kind = event.target.value;
      const keys = kind === "answers" ? "1" : "";
      this.send("behave", { number: this.number, kind, keys });
    });
    on(".which", "change", (event) => {
      this.chosen = event.target.value;
      this.draw(this.last);
    });
    on(".tab-call", "click", () => this.show("call"));
    on(".tab-text", "click", () => this.show("text"));
    on(".tabs", "keydown", (event) => {
      if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
      this.show(this.tab === "call" ? "text" : "call");
      this.part(`.tab-${this.tab}`).focus();
    });
    this.root.addEventListener("keydown", (event) => this.typed(event));
  }

  // Digits typed while the card has the focus, but no field, are keys.
  typed(event) {
    const busy = event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, select");
    if (!busy && KEYS.includes(event.key) && this.front?.status === "in-progress") {
      this.onCall("press", { keys: event.key });
    }
  }

  submit(event, act) {
    event.preventDefault();
    const field = event.target.querySelector("input");
    const words = field.value.trim();
    if (words) act(words);
    field.value = "";
  }

  send(name, args) {
    return command(name, args).catch((error) => this.page.tell(error.message));
  }

  onCall(name, args = {}) {
    if (this.front) this.send(name, { sid: this.front.sid, ...args });
  }

  show(tab) {
    this.tab = tab;
    for (const name of ["call", "text"]) {
      this.part(`.tab-${name}`).setAttribute("aria-selected", String(name === tab));
      this.part(`.tab-${name}`).tabIndex = name === tab ? 0 : -1;
      this.part(`.${name}-pane`).hidden = name !== tab;
    }
    if (this.last) this.draw(this.last);
    for (const box of [this.part(".lines"), this.part(".thread")]) box.scrollTop = box.scrollHeight; // the newest
  }

  get ringing() {
    return Boolean(this.last?.calls.some((call) => call.status === "ringing" && call.direction === "in"));
  }

  get name() {
    return this.last?.label || pretty(this.number);
  }

  // The call that the card shows: the chosen one while it lives, else the liveliest.
  pick(calls) {
    const live = calls.filter((call) => !call.over);
    return (
      live.find((call) => call.sid === this.chosen) ??
      live.findLast((call) => call.status === "in-progress") ??
      live.at(-1) ??
      calls.at(-1)
    );
  }

  draw(phone) {
    this.last = phone;
    this.front = this.pick(phone.calls);
    this.part("h2").textContent = this.name;
    this.part(".number").textContent = phone.label ? pretty(phone.number) : "";
    this.root.setAttribute("aria-label", `Phone of ${this.name}`);
    const select = this.part(".behaviour");
    if (document.activeElement !== select) select.value = phone.behaviour.kind;
    this.drawState();
    this.drawCalls(phone.calls.filter((call) => !call.over));
    this.drawLines();
    this.drawTexts(phone.texts);
  }

  drawState() {
    const call = this.front;
    const ringsIn = call?.status === "ringing" && call.direction === "in";
    const live = Boolean(call) && !call.over && !ringsIn;
    this.root.classList.toggle("ringing", this.ringing);
    this.root.classList.toggle("live", live);
    this.part(".ring").hidden = !ringsIn;
    this.part(".live").hidden = !live;
    this.part(".dial").hidden = ringsIn || live;
    const words = this.stateWords(call, ringsIn);
    if (this.part(".state").textContent !== words) this.part(".state").textContent = words;
  }

  stateWords(call, ringsIn) {
    if (!call) return "Ready";
    if (call.over) return ENDED[call.status];
    if (ringsIn) return `Ringing: ${pretty(call.other)} is calling`;
    const others = call.talking_with.map((number) => this.page.nameOf(number));
    if (others.length) return `Talking with ${others.join(" and ")}`;
    if (call.queue) return "Waiting in the queue";
    if (call.conference) return "In the conference, alone";
    return call.status === "in-progress" ? "In a call" : "Calling …";
  }

  drawCalls(live) {
    const which = this.part(".which");
    which.hidden = live.length < 2;
    const key = live.map((call) => call.sid + call.status).join();
    if (which.dataset.key === key) return;
    which.dataset.key = key;
    which.replaceChildren(...live.map((call) => new Option(`${pretty(call.other)}: ${call.status}`, call.sid)));
    if (this.front) which.value = this.front.sid;
  }

  drawLines() {
    const box = this.part(".lines");
    const heard = this.front?.heard ?? [];
    if (this.drawn.call !== this.front?.sid) {
      box.replaceChildren();
      this.drawn = { ...this.drawn, call: this.front?.sid, lines: 0 };
    }
    for (const line of heard.slice(this.drawn.lines)) box.append(this.line(line));
    if (heard.length !== this.drawn.lines) box.scrollTop = box.scrollHeight;
    this.drawn.lines = heard.length;
  }

  line(line) {
    const item = document.createElement("p");
    const person = line.source.startsWith("+");
    item.className = person ? "person" : line.source;
    if (person || line.source === "self") {
      const who = document.createElement("b");
      who.textContent = person ? `${this.page.nameOf(line.source)}: ` : "You: ";
      item.append(who);
    }
    item.append(line.source === "state" ? (ENDED[line.text] ?? this.withNames(line.text)) : line.text);
    item.title = clock(line.at);
    return item;
  }

  withNames(text) {
    return text.replace(/\+\d+/g, (number) => this.page.nameOf(number));
  }

  drawTexts(texts) {
    const received = texts.filter((text) => text.direction === "in").length;
    if (this.tab === "text") this.drawn.read = received;
    const unread = this.part(".unread");
    unread.hidden = received <= this.drawn.read;
    unread.textContent = `${received - this.drawn.read} new`;
    const key = texts.length ? `${texts.length}${texts.at(-1).at}` : "";
    if (key === this.drawn.texts) return;
    this.drawn.texts = key;
    const box = this.part(".thread");
    box.replaceChildren(...texts.map((text) => this.bubble(text)));
    box.scrollTop = box.scrollHeight;
  }

  bubble(text) {
    const item = document.createElement("p");
    item.className = `bubble ${text.direction}`;
    item.append(text.body);
    const when = document.createElement("small");
    when.textContent = clock(text.at);
    item.append(when);
    return item;
  }
}
