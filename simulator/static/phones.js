// The page: follows the simulator's state and keeps one card a phone.

import { command, follow } from "./api.js";
import { drawFaults, setUpFaults } from "./faults.js";
import { Phone, pretty } from "./phone.js";

const TITLE = document.title;
const template = document.querySelector("#phone-template");
const notice = document.querySelector("#notice");
const lines = document.querySelector("#line");
const speed = document.querySelector("#speed");
const cards = new Map();
let labels = new Map();
let noticeTimer = 0;

const page = {
  line: () => lines.value,
  nameOf: (number) => labels.get(number) || pretty(number),
  tell,
};

function tell(words, lasting = false) {
  notice.textContent = words;
  notice.hidden = false;
  clearTimeout(noticeTimer);
  if (!lasting) noticeTimer = setTimeout(() => (notice.hidden = true), 6000);
}

function show(state) {
  if (notice.dataset.lost) {
    notice.hidden = true;
    delete notice.dataset.lost;
  }
  labels = new Map(state.phones.map((phone) => [phone.number, phone.label]));
  drawTools(state);
  drawPhones(state.phones);
  drawFaults(state);
  drawTraffic(state);
  ringTitle();
}

function drawTools(state) {
  if (lines.options.length !== state.lines.length) {
    lines.replaceChildren(...state.lines.map((number) => new Option(pretty(number), number)));
  }
  const known = [...speed.options].some((option) => option.value === String(state.speed));
  if (known && document.activeElement !== speed) speed.value = String(state.speed);
}

function drawPhones(phones) {
  const main = document.querySelector("#phones");
  for (const phone of phones) {
    if (!cards.has(phone.number)) {
      const card = new Phone(template, phone.number, page);
      cards.set(phone.number, card);
      main.append(card.root);
    }
    cards.get(phone.number).draw(phone);
  }
  const known = new Set(phones.map((phone) => phone.number));
  for (const [number, card] of cards) {
    if (known.has(number)) continue;
    card.root.remove();
    cards.delete(number);
  }
}

function drawTraffic(state) {
  const waiting = state.queues.reduce((sum, queue) => sum + queue.size, 0);
  const ringing = [...cards.values()].filter((card) => card.ringing);
  const parts = ringing.map((card) => {
    const link = document.createElement("a");
    link.href = `#${card.root.id}`;
    link.textContent = `${card.name}’s phone rings`;
    return link;
  });
  const facts = [];
  if (waiting) facts.push(waiting === 1 ? "1 caller waits in the queue" : `${waiting} callers wait in the queue`);
  for (const room of state.conferences) facts.push(`conference: ${room.participants.map((p) => page.nameOf(p.number)).join(", ")}`);
  const box = document.querySelector("#traffic");
  const key = JSON.stringify([parts.map((part) => part.textContent), facts]);
  if (box.dataset.key === key) return;
  box.dataset.key = key;
  const nodes = [...parts, ...facts];
  box.replaceChildren(...nodes.flatMap((node, index) => (index ? [" · ", node] : [node])));
}

function ringTitle() {
  const ringing = [...cards.values()].find((card) => card.ringing);
  document.title = ringing ? `☎ ${ringing.name} – ${TITLE}` : TITLE;
}

document.querySelector("#add").addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  const digits = form.number.value.replace(/[\s().-]/g, "");
  const number = digits.replace(/^1?(\d{10})$/, "+1$1"); // as the page itself writes numbers
  command("add-phone", { number, label: form.label.value.trim() })
    .then(() => {
      form.reset();
      notice.hidden = true;
      requestAnimationFrame(() => cards.get(number)?.root.focus());
    })
    .catch((error) => tell(error.message));
});
speed.addEventListener("change", () => command("set-speed", { speed: Number(speed.value) }).catch((e) => tell(e.message)));
setUpFaults(tell);
follow(show, () => {
  notice.dataset.lost = "1";
  tell("The simulator does not answer. Is it running?", true);
});
