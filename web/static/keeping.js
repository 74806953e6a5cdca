// What people type and tick is not lost: it outlives a part that changes under their hands and a request that fails.
"use strict";

const SAVE_AGAIN_MS = 3000;
const FIELDS = "input:not([type=hidden]), textarea, select";
const isTick = (field) => field.matches("[type=checkbox], [type=radio]");
const stateOf = (field) => (isTick(field) ? String(field.checked) : field.value);
function given(field) {
  if (isTick(field)) return String(field.defaultChecked);
  if (field.matches("select")) return [...field.options].find((option) => option.defaultSelected)?.value ?? field.options[0]?.value;
  return field.defaultValue;
}
function namesake(part, field) {
  if (field.id) return part.querySelector(`#${CSS.escape(field.id)}`);
  return part.querySelector(`[name="${CSS.escape(field.name)}"][value="${CSS.escape(field.value)}"]`);
}
const isUnsent = (field) => stateOf(field) !== (field.dataset.sent ?? given(field));

// ---- a field counts as sent once the server has answered: with no answer it stays as it is
const isAnswer = (status) => (status >= 200 && status < 400) || status === 409 || status === 422; // these say why themselves
const isLost = (status) => status === 0 || status === 429 || status >= 500;
body.addEventListener("htmx:beforeRequest", ({ detail: { requestConfig: asked, xhr } }) => {
  const form = asked.elt.closest("form") ?? asked.elt; // a field of the contact form is sent on its own
  const sent = [form, ...form.querySelectorAll(FIELDS)]
    .filter((field) => field.matches(FIELDS) && asked.formData.has(field.name))
    .map((field) => [field, stateOf(field)]);
  // At the request itself: its element may be replaced meanwhile. Before htmx puts the answer into the page:
  xhr.addEventListener("readystatechange", () => {
    if (xhr.readyState !== XMLHttpRequest.DONE || asked.verb === "get" || !isAnswer(xhr.status)) return;
    for (const [field, state] of sent) {
      const here = field.isConnected ? field : namesake(document, field);
      if (here) here.dataset.sent = state;
    }
  });
  for (const end of ["load", "error"]) xhr.addEventListener(end, () => ended(asked, xhr));
});
function ended({ elt, verb, path }, xhr) {
  const trying = elt.dataset.saveAgain && isLost(xhr.status);
  if (elt.dataset.saveAgain) keepOn(elt.id, isLost(xhr.status));
  if (verb !== "get") mark(elt, xhr.status !== 0 ? "" : trying ? "not_sent" : "press_again");
  if (isAnswer(xhr.status)) worked(path);
  else if (xhr.status === 0 && (verb === "get" || isOffline())) return; // the banner says it, and the mark where it is
  else failed(path, xhr, trying);
}
// What did not leave says so beside itself, aloud too, until that very thing leaves; the notes have a line of their own.
const READ_AFTER_MS = 100; // words that come with their live region are not read out, later ones are
const unsent = new Map(); // the word of each, by what it is
let marks = 0; // made so far: their ids
const keyOf = (element) => element.id || `${element.getAttribute("hx-post")} ${element.getAttribute("hx-vals") ?? ""}`;
const markOf = (key) => [...document.querySelectorAll("[data-not-sent]")].find((place) => place.dataset.notSent === key);
function mark(element, word) {
  const key = keyOf(element);
  if (element.id === "notes-form") return;
  const there = markOf(key);
  if (!word) {
    unsent.delete(key);
    if (there && element.getAttribute("aria-describedby") === there.id) element.removeAttribute("aria-describedby");
    there?.remove();
    return;
  }
  const place = there ?? newMark(element, key);
  const words = JSON.parse(failedLine.dataset.words)[word];
  if (word === unsent.get(key) && word === "not_sent" && place.textContent) return; // tried again by itself: read out once
  unsent.set(key, word);
  place.textContent = "";
  setTimeout(() => { place.textContent = words; }, READ_AFTER_MS);
}
function newMark(element, key) {
  const place = document.createElement("span");
  marks += 1;
  place.id = `not-sent-${marks}`;
  place.setAttribute("role", "status");
  place.dataset.notSent = key;
  if (element.matches("form")) element.append(place);
  else element.after(place);
  if (!element.hasAttribute("aria-describedby")) element.setAttribute("aria-describedby", place.id);
  return place;
}
// A part that was replaced meanwhile keeps its marks; what is no longer there to be pressed has none.
body.addEventListener("htmx:afterSettle", () => {
  for (const [key, word] of unsent) {
    if (markOf(key)) continue;
    const element = [...document.querySelectorAll("[hx-post]")].find((one) => keyOf(one) === key);
    if (element) newMark(element, key).textContent = JSON.parse(failedLine.dataset.words)[word];
    else unsent.delete(key);
  }
});

// ---- what was to be saved and was not is sent again until it is (what is for somebody else to read waits for the button)
const unkept = new Set(); // ids of what asks for it with data-save-again, the event that saves it
let again = null;
function keepOn(id, lost) {
  if (lost) unkept.add(id);
  else unkept.delete(id);
  body.toggleAttribute("data-not-kept", unkept.size > 0);
  if (lost) again ??= setTimeout(saveAgain, SAVE_AGAIN_MS);
}
function saveAgain() {
  clearTimeout(again);
  again = null;
  for (const id of [...unkept]) {
    const element = document.getElementById(id);
    if (element) htmx.trigger(element, element.dataset.saveAgain);
    else keepOn(id, false);
  }
}
body.addEventListener("connected", saveAgain);
// Who goes on writing in a form with a button has not pressed it for that.
body.addEventListener("input", ({ target }) => {
  const form = target.closest("[data-save-again=submit]");
  if (form) keepOn(form.id, false);
});
// What saves itself and has not yet: nobody presses a button for it, so the browser asks before the page is left.
function isUnkept() {
  const fields = [...document.querySelectorAll(FIELDS)].filter((field) => field.closest("[data-save-again=change]"));
  return unkept.size > 0 || notesAreDirty() || fields.some(isUnsent);
}
addEventListener("beforeunload", (event) => { if (isUnkept()) event.preventDefault(); });
function isUnsaved() { return isUnkept() || [...document.querySelectorAll("form[hx-post] textarea")].some(isUnsent); }

// ---- errors in words, under the header, until the same works
const failedLine = document.getElementById("failed");
let failedPath = null; // none: something that is sent again by itself
let noAnswer = false; // what it says is that none came
body.addEventListener("lost", () => { if (noAnswer && failedLine) failedLine.hidden = true; });
function failed(path, xhr, tryingAgain) {
  if (!failedLine || (tryingAgain && failedPath !== null && !failedLine.hidden)) return;
  const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
  const { trying, ...words } = JSON.parse(failedLine.dataset.words);
  const said = tryingAgain ? trying : page.querySelector("[role=alert]")?.textContent.trim() || words[xhr.status] || words[500];
  const place = failedLine.querySelector("span");
  failedPath = tryingAgain ? null : path;
  noAnswer = xhr.status === 0;
  if (failedLine.hidden || place.textContent !== said) place.textContent = said; // not read out again and again
  failedLine.hidden = false;
}
function worked(path) {
  if (failedLine && (failedPath === null ? unkept.size === 0 : failedPath === path)) failedLine.hidden = true;
}
failedLine?.querySelector("button").addEventListener("click", () => { failedLine.hidden = true; });

// ---- parts of a page change under people's hands: what they typed, ticked or opened there is carried over
body.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.elt.id !== "answers") return;
  // Only what was changed here is sent: what came in from elsewhere meanwhile is not written over.
  for (const field of event.detail.elt.querySelectorAll(FIELDS)) {
    if (stateOf(field) === given(field)) event.detail.formData.delete(field.name);
  }
  if ([...event.detail.formData.keys()].length > 0) return;
  event.preventDefault();
  keepOn("answers", false);
});
let swapping = false;
addEventListener("change", (event) => { if (swapping) event.stopImmediatePropagation(); }, true); // a replaced field, not a person
let carried = [];
let opened = [];
function reopen() { for (const id of opened) document.getElementById(id)?.setAttribute("open", ""); }
// htmx gives new elements their own attributes only now, and so closes once more what had been opened.
body.addEventListener("htmx:afterSettle", () => {
  reopen();
  opened = [];
});
body.addEventListener("htmx:oobBeforeSwap", (event) => {
  const part = event.detail.target;
  swapping = true;
  carried.push(...[...part.querySelectorAll(FIELDS)].filter(isUnsent));
  opened.push(...[...part.querySelectorAll("details[open][id]")].map((details) => details.id));
});
body.addEventListener("htmx:beforeSwap", ({ detail }) => opened.push(...[...detail.target.querySelectorAll("details[open][id]")].map(({ id }) => id)));
body.addEventListener("htmx:oobAfterSwap", () => {
  swapping = false;
  for (const field of carried) {
    const next = namesake(document, field);
    if (next && isTick(field)) next.checked = field.checked;
    else if (next) {
      next.value = field.value;
      next.dataset.carried = "";
    }
  }
  reopen();
  carried = [];
});
// Of a value that a script carried over no browser says that it was changed: whoever leaves the field has changed it.
addEventListener("change", ({ target }) => { delete target.dataset?.carried; });
addEventListener("focusout", ({ target }) => {
  if ("carried" in target.dataset && isUnsent(target)) target.dispatchEvent(new Event("change", { bubbles: true }));
});

// ---- notes: what is typed is sent until it is kept
function notesForm() { return document.getElementById("notes-form"); }
function notesAreDirty() { return notesForm()?.classList.contains("dirty") ?? false; }
function notesState(words) {
  const place = document.querySelector("#notes-state [role=status]");
  if (place) place.textContent = words;
}
body.addEventListener("input", (event) => {
  if (event.target.id !== "notes") return;
  notesForm().classList.add("dirty");
  notesForm().dataset.edits = String(Number(notesForm().dataset.edits ?? 0) + 1);
  notesState(notesForm().dataset.saving);
});
body.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.elt.id === "notes-form") event.detail.xhr.edits = notesForm().dataset.edits;
});
body.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.elt.id !== "notes-form") return;
  if (event.detail.successful && event.detail.xhr.edits === notesForm().dataset.edits) {
    notesForm().classList.remove("dirty");
  } else if (!event.detail.successful && event.detail.xhr.status !== 409) {
    notesState(isLost(event.detail.xhr.status) ? notesForm().dataset.unsaved : "");
  }
});
body.addEventListener("click", (event) => {
  if (event.target.closest("[data-save-notes]")) htmx.trigger(notesForm(), "save");
});
