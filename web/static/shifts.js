// The coverage calendar: a shift is dragged to another time or day, or by an edge; the form that everybody can use then
// asks what is meant. Times here are those of the reader's clock, added up without a zone: the server knows about those.
"use strict";

const STEP_MINUTES = 15;
const EDGE_PX = 9;
const NEAR_PX = 4; // below it a press is no drag
const MINUTE_MS = 60_000;
const DAY_MINUTES = 1440;

const plus = (value, minutes) => new Date(Date.parse(`${value}Z`) + minutes * MINUTE_MS).toISOString().slice(0, 16);
const clockOf = (value) => value.slice(11, 16);

// ---- the form, in a dialog over the calendar; on a page of its own where it has none
const dialog = document.getElementById("move");
function nudges(root) {
  for (const part of root.querySelectorAll(".nudges")) part.hidden = false;
}
async function ask(address) {
  const body = dialog.firstElementChild;
  body.replaceChildren(); // not the form of the shift before, when this one does not come
  try {
    await htmx.ajax("GET", address, { target: body, swap: "innerHTML" });
  } catch {
    drag?.letGo();
  }
  if (!body.querySelector("form")) return location.assign(address);
  nudges(body);
  dialog.showModal();
}
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-move]");
  const nudge = event.target.closest(".nudges button");
  if (link && dialog) {
    event.preventDefault();
    ask(link.href);
  } else if (nudge) {
    for (const name of ["starts", "ends"]) {
      const field = nudge.form.elements[name];
      if (field.value) field.value = plus(field.value, Number(nudge.dataset[name.slice(0, -1)]));
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  } else if (event.target.closest("[data-close]") && dialog?.open) {
    event.preventDefault();
    dialog.close();
  }
});
dialog?.addEventListener("close", () => drag?.letGo());
document.body.addEventListener("htmx:afterSwap", () => {
  if (!dialog?.open) return;
  nudges(dialog);
  dialog.querySelector("input:not([type=hidden])")?.focus();
});
nudges(document);

// ---- dragging
let drag = null;
function partAt(bar, x) {
  const box = bar.getBoundingClientRect();
  const edge = Math.min(EDGE_PX, box.width / 4);
  if (bar.dataset.first !== undefined && x - box.left < edge) return "start";
  return bar.dataset.last !== undefined && box.right - x < edge ? "end" : "whole";
}
class Drag {
  constructor(bar, event) {
    this.bar = bar;
    this.part = partAt(bar, event.clientX);
    this.from = event.clientX;
    this.day = bar.closest(".day");
    this.says = bar.closest("li").querySelector(".hours");
    this.was = { x: bar.getAttribute("x"), width: bar.getAttribute("width"), words: this.says.firstChild.textContent };
    this.minutes = 0;
    bar.setPointerCapture(event.pointerId);
  }
  days(event) {
    if (this.part !== "whole" || event.pointerType === "touch") return 0;
    const days = [...document.querySelectorAll(".day")];
    const under = days.findIndex((day) => day.getBoundingClientRect().bottom > event.clientY);
    return (under < 0 ? days.length - 1 : under) - days.indexOf(this.day);
  }
  move(event) {
    const track = this.bar.ownerSVGElement.getBoundingClientRect().width;
    const shown = (event.clientX - this.from) / track;
    const across = Math.abs(event.clientX - this.from) < NEAR_PX ? 0 : shown * DAY_MINUTES;
    const days = this.days(event);
    this.minutes = Math.round(across / STEP_MINUTES) * STEP_MINUTES + days * DAY_MINUTES;
    const [x, width] = [parseFloat(this.was.x), parseFloat(this.was.width)];
    const by = (Math.round(across / STEP_MINUTES) * STEP_MINUTES * 100) / DAY_MINUTES;
    this.bar.setAttribute("x", `${this.part === "end" ? x : x + by}%`);
    this.bar.setAttribute("width", `${Math.max(this.part === "whole" ? width : this.part === "end" ? width + by : width - by, 0.5)}%`);
    const target = days ? `${document.querySelectorAll(".day h2 .date")[[...document.querySelectorAll(".day")].indexOf(this.day) + days].textContent} ` : "";
    this.says.firstChild.textContent = `${target}${clockOf(this.starts)}–${clockOf(this.ends)} `;
  }
  get starts() { return plus(this.bar.dataset.starts, this.part === "end" ? 0 : this.minutes); }
  get ends() { return plus(this.bar.dataset.ends, this.part === "start" ? 0 : this.minutes); }
  drop() {
    if (this.minutes === 0) return this.letGo();
    ask(`${this.bar.dataset.move}&${new URLSearchParams({ starts: this.starts, ends: this.ends })}`);
  }
  letGo() {
    this.bar.setAttribute("x", this.was.x);
    this.bar.setAttribute("width", this.was.width);
    this.says.firstChild.textContent = this.was.words;
    drag = null;
  }
}
document.addEventListener("pointerdown", (event) => {
  const bar = event.target.closest?.("rect[data-move]");
  if (!bar || event.button !== 0 || drag) return;
  event.preventDefault();
  drag = new Drag(bar, event);
});
document.addEventListener("pointermove", (event) => {
  if (drag && event.buttons) return drag.move(event);
  const bar = event.target.closest?.("rect[data-move]");
  if (bar) bar.dataset.part = partAt(bar, event.clientX);
});
document.addEventListener("pointerup", () => { if (drag && !dialog.open) drag.drop(); });
document.addEventListener("pointercancel", () => drag?.letGo());
document.addEventListener("keydown", (event) => { if (event.key === "Escape" && drag && !dialog.open) drag.letGo(); });
