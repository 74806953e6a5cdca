// Parts of a page ask for themselves again: what is the same stays as it stands, nothing goes from under a press,
// and whoever works by keyboard stays where they were.
"use strict";

const PRESS_MS = 2000; // no press holds news back for longer
const ALIVE = "[hx-trigger*=live]"; // asks for itself again with every event
const HELD = "a[href], button, input, select, summary, textarea";
const whole = document.body;

// ---- a press ends on the button on which it began: until then nothing is replaced
let pressing = false;
let missed = false;
let limit = null;
function press() {
  clearTimeout(limit);
  pressing = true;
  limit = setTimeout(release, PRESS_MS);
}
function release() {
  setTimeout(() => { // the click comes only after this
    pressing = false;
    if (missed) catchUp();
    missed = false;
  });
}
addEventListener("pointerdown", press, true);
addEventListener("pointerup", release, true);
addEventListener("pointercancel", release, true);
addEventListener("keydown", ({ key }) => { if (key === " " || key === "Enter") press(); }, true);
addEventListener("keyup", () => { if (pressing) release(); }, true);

// ---- what is the same is left alone
// Tokens are others in each answer (each is good for the whole session), and times that count on are written anew.
const asSaid = (html) => html.replace(/(name="csrf_token" value=)"[^"]*"/g, "$1").replace(/(class="[^"]*ticking"[^>]*>)[^<]*/g, "$1");
const said = new Map(); // what the server said last, by the id of the part
for (const part of document.querySelectorAll("[data-part]")) said.set(part.id, asSaid(part.innerHTML));
let byItself = false; // nobody pressed for what comes now
whole.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const { target, isError, requestConfig, serverResponse } = detail;
  byItself = requestConfig.verb === "get" && target.matches(ALIVE);
  if (isError) return;
  replacing = true;
  hold(target);
  if (!byItself) {
    said.delete(target.id);
    said.delete(target.closest("[data-part]")?.id);
  } else if (pressing) {
    missed = true;
    detail.shouldSwap = false;
  } else if (target.id) {
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
  said.set(target.id, now);
  if (!same) return;
  event.detail.shouldSwap = false;
  event.stopImmediatePropagation();
});

// ---- the focus goes to what took the place of what had it
let held = null; // what lost the focus, or may, without a person's doing
let replacing = false;
const lookOf = (element) => ["name", "value", "href", "hx-post", "hx-vals"].map((name) => element.getAttribute(name)).join();
function hold(part) {
  const element = document.activeElement;
  if (!element.matches(HELD) || !part.contains(element)) return;
  const home = element.closest("[id]");
  held = { element, home: home.id, at: [...home.querySelectorAll(HELD)].indexOf(element) };
}
function giveBack() {
  replacing = false;
  if (!held || document.activeElement !== whole) return;
  const { element, home, at } = held;
  const there = document.getElementById(home);
  const all = [...(there?.querySelectorAll(HELD) ?? [])];
  const twin = there?.matches(HELD) ? there : all.find((one) => lookOf(one) === lookOf(element)) ?? all[at] ?? all.at(-1);
  (element.isConnected ? element : twin)?.focus({ preventScroll: true });
}
addEventListener("focusout", ({ target }) => { if (!replacing && !target.disabled) held = null; });
// A button that is switched off while it is answered lets go of the focus, too, and takes it back with the answer.
whole.addEventListener("htmx:beforeRequest", ({ detail }) => hold(detail.elt));
for (const end of ["htmx:oobAfterSwap", "htmx:afterSwap", "htmx:afterRequest"]) whole.addEventListener(end, giveBack);
