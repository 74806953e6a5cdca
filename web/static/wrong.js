// A sentence about a field stands right after it: it is tied to the field, and the first that is wrong has the focus.
"use strict";

const CONTROLS = "input:not([type=hidden]), select, textarea";
function fieldOf(sentence) {
  const before = [...sentence.parentElement.querySelectorAll(CONTROLS)]
    .filter((field) => field.compareDocumentPosition(sentence) & Node.DOCUMENT_POSITION_FOLLOWING);
  return before.at(-1);
}
// The first field whose sentence is new on the page; of boxes that belong together the first box.
function tieToFields() {
  const found = [];
  for (const sentence of document.querySelectorAll("form .wrong[role=alert]:not([id^=wrong-])")) {
    const field = fieldOf(sentence);
    if (!field) continue;
    const group = isTick(field) ? field.closest("fieldset") : null;
    const told = group ?? field;
    sentence.id = `wrong-${field.id || field.name}`;
    told.setAttribute("aria-describedby", `${told.getAttribute("aria-describedby") ?? ""} ${sentence.id}`.trim());
    if (!group) field.setAttribute("aria-invalid", "true");
    found.push(group?.querySelector(CONTROLS) ?? field);
  }
  return found[0];
}
function goToWrong() {
  const field = tieToFields();
  // What saves itself is not to pull anybody back who writes on elsewhere.
  if (field && !field.closest("[data-save-again=change]")) field.focus();
}
goToWrong();
body.addEventListener("htmx:afterSettle", goToWrong);
