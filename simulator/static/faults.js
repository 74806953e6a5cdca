// The trouble panel: faults to set, those that are set, and what Twilio would complain about.

import { command } from "./api.js";

const CHOICES = [
  ["The product answers a call too slowly", { area: "webhook", name: "slow", target: "voice" }],
  ["A request for a call is lost", { area: "webhook", name: "lost", target: "voice" }],
  ["A request for a call is answered with an error", { area: "webhook", name: "error", target: "voice", status: 500 }],
  ["A status callback is lost", { area: "webhook", name: "lost", target: "*-status" }],
  ["A status callback comes twice", { area: "webhook", name: "doubled", target: "*-status" }],
  ["Status callbacks swap places", { area: "webhook", name: "reordered", target: "*-status" }],
  ["A conference event is lost", { area: "webhook", name: "lost", target: "conference" }],
  ["A text reaches the product twice", { area: "webhook", name: "doubled", target: "sms" }],
  ["Twilio says: too many requests", { area: "rest", name: "429" }],
  ["Twilio fails, nothing was done", { area: "rest", name: "error-before" }],
  ["Twilio fails, but it was done", { area: "rest", name: "error-after" }],
  ["Twilio does not answer, but it was done", { area: "rest", name: "timeout-after" }],
  ["A called phone is busy", { area: "leg", name: "busy" }],
  ["A called phone is not answered", { area: "leg", name: "no-answer" }],
  ["A text is not delivered", { area: "message", name: "undelivered" }],
  ["A transcription fails", { area: "transcription", name: "failed" }],
];

export function setUpFaults(tell) {
  const form = document.querySelector("#fault");
  const what = document.querySelector("#fault-what");
  what.replaceChildren(...CHOICES.map(([words], index) => new Option(words, index)));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const times = document.querySelector("#fault-times").value;
    const fault = { ...CHOICES[what.value][1], times: times ? Number(times) : null };
    command("add-fault", fault).catch((error) => tell(error.message));
  });
  const button = document.querySelector("#trouble-button");
  button.addEventListener("click", () => {
    const panel = document.querySelector("#trouble");
    panel.hidden = !panel.hidden;
    button.setAttribute("aria-expanded", String(!panel.hidden));
  });
}

const wordsOf = (fault) =>
  CHOICES.find(([, c]) => c.area === fault.area && c.name === fault.name && (c.target ?? "*") === fault.target)?.[0] ??
  `${fault.area}: ${fault.name}`;

export function drawFaults(state) {
  const button = document.querySelector("#trouble-button");
  const count = state.faults.length + state.troubles.length;
  button.textContent = count ? `Trouble (${count})` : "Trouble";
  document.querySelector("#faults").replaceChildren(...state.faults.map(armed));
  const complaints = state.troubles.map((entry) => item(`${entry.details.code}: ${entry.text}`));
  document.querySelector("#complaints").replaceChildren(...(complaints.length ? complaints : [item("Nothing so far.")]));
}

function armed(fault) {
  const left = fault.times === null ? "until removed" : `${fault.times - fault.struck} left`;
  const line = item(`${wordsOf(fault)} (${left}) `);
  const remove = document.createElement("button");
  remove.type = "button";
  remove.className = "quiet";
  remove.textContent = "Remove";
  remove.addEventListener("click", () => command("remove-fault", { number: fault.number }));
  line.append(remove);
  return line;
}

function item(words) {
  const line = document.createElement("li");
  line.textContent = words;
  return line;
}
