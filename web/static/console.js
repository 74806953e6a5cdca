// The console's own script: live events with catching up, ticking times, single keys.
"use strict";

const COALESCE_MS = 250; // a burst of events asks for a page's parts once
const SPREAD_MS = 20; // for each open page: all together ask for lists fifty times a second at most
const RETRY_MS = [1000, 2000, 4000, 8000, 15000];
const body = document.body;

// ---- live events: ids of contacts and counselors that changed; the parts that show them ask for themselves again
const me = body.dataset.me;
const changed = new Set();
let everything = false; // events may have been missed
let pages = 1; // open ones, as the events process counts them
let telling = null;
let listing = null;
function tell() {
  telling = null;
  const ids = [...changed];
  changed.clear();
  for (const id of ids) body.dispatchEvent(new CustomEvent(`live-${id}`));
  listing ??= setTimeout(tellLists, Math.random() * pages * SPREAD_MS);
}
function tellLists() {
  listing = null;
  if (everything) body.dispatchEvent(new CustomEvent(`live-${me}`));
  everything = false;
  body.dispatchEvent(new CustomEvent("live"));
}
function heard(id) {
  if (id) changed.add(id);
  else everything = true;
  // A phone that begins to ring is told by its counselor's id; how that goes on, by the contact's.
  if (document.querySelector("#my-line > *")) changed.add(me);
  telling ??= setTimeout(tell, COALESCE_MS);
}

// ---- connection: a banner while it is gone, everything asked for again when it is back
let failures = 0;
function connection(lost) {
  const banner = document.getElementById("connection");
  if (!banner) return;
  const was = !banner.hidden && banner.classList.contains("warn");
  if (lost && !was) {
    banner.textContent = banner.dataset.lost;
    banner.className = "banner warn";
    banner.hidden = false;
    body.dispatchEvent(new CustomEvent("lost"));
  } else if (!lost && was) {
    banner.textContent = banner.dataset.back;
    banner.className = "banner good";
    setTimeout(() => { if (banner.classList.contains("good")) banner.hidden = true; }, 4000);
    catchUp();
  }
}
function isOffline() { return document.getElementById("connection")?.matches(".warn:not([hidden])") ?? false; }
function catchUp() {
  const page = document.querySelector("[data-contact]");
  if (page) heard(page.dataset.contact);
  heard("");
  body.dispatchEvent(new CustomEvent("connected"));
}
let source = null;
let listenAgain = null;
function listen() {
  clearTimeout(listenAgain);
  source?.close();
  source = new EventSource(body.dataset.events, { withCredentials: true });
  let open = false;
  source.addEventListener("open", () => { open = true; failures = 0; connection(false); catchUp(); });
  source.addEventListener("contact", (event) => heard(event.data));
  source.addEventListener("pages", (event) => { pages = Number(event.data) || 1; });
  source.addEventListener("error", () => {
    source.close();
    // The server ends a stream now and then on purpose: one quiet retry before anybody is told.
    if (!open) connection(true);
    listenAgain = setTimeout(listen, open ? 200 : RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)]);
  });
}
if (body.dataset.events) {
  listen();
  addEventListener("pagehide", () => source.close());
  addEventListener("offline", () => connection(true));
  addEventListener("online", listen); // a stream may have outlived the gap, and then never opens again
}
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

// ---- a file that is too large is refused before it is sent
body.addEventListener("change", ({ target }) => {
  if (!target.dataset?.most) return;
  target.setCustomValidity(target.files[0]?.size > Number(target.dataset.most) ? target.dataset.tooLarge : "");
  target.reportValidity();
});

// ---- requests
// A list that refreshes by itself waits while somebody listens to a voicemail in it.
body.addEventListener("htmx:beforeRequest", (event) => {
  const listening = [...event.target.querySelectorAll("audio")].some((sound) => !sound.paused);
  if (listening) event.preventDefault();
});

// "Show more" brings further places: whoever pressed it goes on reading at the first of them (the button may be gone).
let listed = null;
const boxes = () => document.querySelectorAll(".matches input[name=place]");
body.addEventListener("htmx:beforeRequest", (event) => { if (event.detail.elt.id === "show-more") listed = boxes().length; });
body.addEventListener("htmx:afterSettle", () => {
  const firstNew = listed === null ? null : boxes()[listed];
  if (!firstNew) return;
  listed = null;
  firstNew.focus();
});

// ---- the button that texts places says how many are ticked, folded away or not, and which
function tally() {
  const told = document.getElementById("to-text");
  if (!told) return;
  const ticked = [...document.querySelectorAll("#matches input[name=place]:checked")];
  const names = ticked.map((box) => box.parentElement.querySelector(".ticked-name").textContent);
  const many = ticked.length > Number(told.dataset.most);
  told.textContent = (many ? told.dataset.tooMany : names.join(", ")) || told.dataset.none;
  told.classList.toggle("wrong", many);
  const count = document.getElementById("text-count");
  count.textContent = ticked.length === 1 ? count.dataset.one : count.dataset.many.replace("{}", ticked.length);
}
addEventListener("change", tally);
body.addEventListener("htmx:afterSettle", tally);
tally(); // a browser may restore ticks

// ---- times that count on
function two(number) { return String(number).padStart(2, "0"); }
function tick() {
  for (const element of document.querySelectorAll(".ticking")) {
    const total = Math.max(Math.floor((Date.now() - Date.parse(element.dataset.since)) / 1000), 0);
    const [hours, minutes, seconds] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
    element.textContent = hours ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
  }
}
setInterval(tick, 1000);

// How many wait for an answer by text stands in the title, too: the page may be behind others.
const title = document.title;
body.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target.id !== "texters-waiting") return;
  const count = detail.target.querySelector("[data-count]")?.dataset.count;
  document.title = count ? `(${count}) ${title}` : title;
});

// ---- the contact on my phone comes up by itself, unless something is being written: then as soon as that is done
const AFTER_WRITING_MS = 1000; // whoever leaves a field to press a button still presses it
function popUp() {
  const contact = document.querySelector("#my-line [data-pop]")?.dataset.pop;
  if (!contact || contact === location.pathname) return;
  if (sessionStorage.getItem("popped") === contact || isUnsaved() || isWriting()) return;
  sessionStorage.setItem("popped", contact);
  location.assign(contact);
}
// Somebody who had the page open while it rang gets the layout of a conversation, too.
function layOut() {
  const page = document.querySelector(".cockpit:not(.talking)");
  if (page?.querySelector(".call-bar") && !isUnsaved() && !isWriting()) location.reload();
}
body.addEventListener("htmx:afterSettle", layOut);
body.addEventListener("focusout", () => setTimeout(layOut, AFTER_WRITING_MS));
body.addEventListener("htmx:afterSwap", tick);
body.addEventListener("htmx:afterRequest", ({ detail }) => { if (detail.target?.id === "my-line") popUp(); }); // swapped or not
body.addEventListener("focusout", () => setTimeout(popUp, AFTER_WRITING_MS));

body.addEventListener("click", (event) => {
  if (event.target.closest("[data-open-keys]")) document.getElementById("keys").showModal();
});

// ---- single keys (WCAG 2.1.4: they can be turned off on the sheet)
const keysBox = document.getElementById("keys-on");
if (keysBox) {
  keysBox.checked = localStorage.getItem("keys") !== "off";
  keysBox.addEventListener("change", () => localStorage.setItem("keys", keysBox.checked ? "on" : "off"));
}
function isWriting() { return Boolean(document.activeElement?.closest("input:not([type=radio]):not([type=checkbox]), textarea, select")); }
function move(step) {
  const rows = [...document.querySelectorAll("main .contacts a")];
  const at = rows.indexOf(document.activeElement);
  rows[Math.min(Math.max(at + step, 0), rows.length - 1)]?.focus();
}
// The place that a key is about: where the focus is, else the one that they chose, else the first that is ticked, or the first.
function place() {
  const focused = document.activeElement?.closest("[data-place]");
  return focused ?? ["[aria-pressed=true][id^=chosen-]", "input[name=place]:checked", "[data-place]"]
    .map((which) => document.querySelector(`.matches ${which}`)?.closest("[data-place]")).find(Boolean);
}
function warmTransfer() {
  const transfer = document.getElementById("transfer");
  if (!transfer) return false;
  transfer.open = true;
  const chosen = place()?.dataset.place;
  const select = document.getElementById("intake-place");
  const offered = select && [...select.options].some((option) => option.value === chosen);
  if (offered) select.value = chosen;
  // Nothing rings yet: the button asks for its press; a place without a number leaves the choice to the counselor.
  (offered ? select.form.querySelector("button") : select ?? transfer.querySelector("summary")).focus();
}
function correct() {
  const details = place()?.querySelector("details[id^=learn-]");
  if (!details) return false;
  details.parentElement.closest("details")?.setAttribute("open", "");
  details.open = true;
  details.querySelector("button, a").focus();
}
function wrapUp() {
  const choice = document.querySelector("#wrap-up-form input:checked") ?? document.querySelector("#wrap-up-form input[name=disposition]");
  choice?.closest("details")?.setAttribute("open", "");
  choice?.focus();
  return Boolean(choice);
}
const KEYS = {
  "?": () => document.getElementById("keys").showModal(),
  j: () => move(1),
  k: () => move(-1),
  n: () => document.getElementById("notes")?.focus(),
  w: warmTransfer,
  u: correct,
  l: wrapUp,
  "/": () => document.querySelector("[type=search]")?.focus(),
  p: () => document.querySelector("#presence [aria-pressed=false]")?.click(),
};
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && isWriting() && !document.querySelector("dialog[open]")) document.activeElement.blur();
  if (!keysBox?.checked || event.ctrlKey || event.metaKey || event.altKey || isWriting()) return;
  if (document.querySelector("dialog[open]")) return;
  const act = KEYS[event.key] ?? (() => {
    const link = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    link?.click();
    return Boolean(link);
  });
  if (act() !== false) event.preventDefault();
});

// ---- on a phone the tabs are one row that scrolls: the page's own is in sight
document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

// ---- a conversation by text opens at its newest words, where the answer is written
if (!location.hash) document.getElementById("composer")?.form.scrollIntoView({ block: "nearest" });
