// Parts of a page ask for themselves again: what is the same stays as it stands, nothing goes from under a press,
// and whoever works by keyboard stays where they were.
"use strict";

const PRESS_MS = 2000; // no press holds news back for longer
const ALIVE = "[hx-trigger*=live], [hx-trigger*=every]"; // asks for itself again and again
const whole = document.body;

// ---- a press ends on the button on which it began: until then nothing is replaced
let pressing = null; // what is being pressed
let missed = false; // news came meanwhile
let limit = null;
function press({ target }) {
  clearTimeout(limit);
  pressing = target;
  limit = setTimeout(release, PRESS_MS);
}
function release() {
  setTimeout(() => { // a click comes only after the pointer was lifted
    pressing = null;
    if (missed) catchUp();
    missed = false;
  });
}
addEventListener("pointerdown", press, true);
addEventListener("keydown", (event) => { if ([" ", "Enter"].includes(event.key) && !event.repeat) press(event); }, true);
for (const end of ["click", "pointerup", "pointercancel", "keyup"]) addEventListener(end, () => { if (pressing) release(); }, true);

// ---- what is the same is left alone
// Tokens are others in each answer (each is good for the whole session), and times that count on are written anew.
const asSaid = (html) => html.replace(/(name="csrf_token" value=)"[^"]*"/g, "$1").replace(/(class="[^"]*ticking"[^>]*>)[^<]*/g, "$1");
const said = new Map(); // what the server said last, by the id of the part
for (const part of document.querySelectorAll("[data-part]")) said.set(part.id, asSaid(part.innerHTML));
let byItself = false; // nobody pressed for what comes now
whole.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const { target, isError, requestConfig, serverResponse } = detail;
  byItself = requestConfig.verb === "get" && target.matches(ALIVE);
  replacing = true;
  looking = lookedAt();
  hold(target);
  if (!byItself) {
    said.delete(target.id);
    said.delete(target.closest("[data-part]")?.id);
  }
  if (isError) return;
  // Leaving a field to press a button saves it: that answer holds nothing that does not come with the news as well.
  if (pressing && (byItself || requestConfig.elt.matches("form[data-save-again=change]"))) {
    missed = true;
    detail.shouldSwap = false;
  } else if (byItself && target.id) {
    const now = asSaid(serverResponse);
    if (said.get(target.id) === now) detail.swapOverride = "none"; // parts that come along see for themselves
    said.set(target.id, now);
  }
});
whole.addEventListener("htmx:oobBeforeSwap", (event) => {
  const { target, fragment } = event.detail;
  replacing = true;
  hold(target);
  if (!target.matches("[data-part]")) return;
  const now = asSaid((fragment.id ? fragment : fragment.firstElementChild).innerHTML); // only its content, or all of it
  const same = byItself && said.get(target.id) === now;
  const pressed = target.contains(pressing); // in the part itself, while an earlier press is answered
  if (pressed) missed = true;
  else said.set(target.id, now);
  if (!same && !pressed) return;
  event.detail.shouldSwap = false;
  event.stopImmediatePropagation();
});

// ---- the focus goes to what took the place of what had it, and never to something else that can be pressed
const HELD = "a[href], button, input, select, summary, textarea";
let held = null; // what lost the focus, or may, without a person's doing
let replacing = false;
const told = (element, name) => element.getAttribute(name) ?? "";
const lookOf = (element) => [...["name", "value", "href", "hx-vals"].map((name) => told(element, name)), actOf(element)].join();
const actOf = (element) => told(element, "hx-post") || told(element.form ?? element, "hx-post") || told(element.form ?? element, "action");
function hold(part) {
  const element = document.activeElement;
  if (!element.matches(HELD) || !part.contains(element)) return;
  const home = element.closest("[id]");
  held = { element, home: home.id, at: [...home.querySelectorAll(HELD)].indexOf(element) };
}
// The same; else what undoes it (Mute and Unmute, Hold and Resume); else where they write next; else the part in which it stood.
function twinOf({ element, home, at }) {
  const there = document.getElementById(home) ?? document.getElementById("main");
  if (there.matches(HELD)) return there;
  const all = [...there.querySelectorAll(HELD)].filter((one) => !one.disabled);
  const same = all.filter((one) => one.tagName === element.tagName && lookOf(one) === lookOf(element));
  const { key } = element.dataset;
  const undoes = all.find((one) => (key && one.dataset.key === key) || (element.hasAttribute("hx-post") && actOf(one) === actOf(element)));
  if (same.length > 0) return same.includes(all[at]) ? all[at] : same[0];
  const next = undoes ?? there.querySelector("[data-next]");
  if (next) return next;
  there.tabIndex = -1;
  return there;
}
function giveBack() {
  replacing = false;
  if (!held || document.activeElement !== whole) return;
  (held.element.isConnected ? held.element : twinOf(held)).focus({ preventScroll: true });
}
addEventListener("focusout", ({ target }) => { if (!replacing && !target.disabled) held = null; });
addEventListener("pointerdown", () => { held = null; }, true);
// A button that is switched off while it is answered lets go of the focus, too, and takes it back with the answer.
whole.addEventListener("htmx:beforeRequest", ({ detail }) => hold(detail.elt));
for (const end of ["htmx:oobAfterSwap", "htmx:afterSwap", "htmx:afterRequest"]) whole.addEventListener(end, giveBack);

// ---- whoever writes keeps it before their eyes: what comes above does not push it away
let looking = null; // how far from the top of the window it stood
const topOf = (element) => element.getBoundingClientRect().top;
function lookedAt() {
  const top = topOf(document.activeElement);
  return document.activeElement.matches(HELD) && top >= 0 && top < innerHeight ? top : null;
}
whole.addEventListener("htmx:afterSwap", () => {
  if (looking !== null && document.activeElement.matches(HELD)) scrollBy({ top: topOf(document.activeElement) - looking, behavior: "instant" });
  looking = null;
});
