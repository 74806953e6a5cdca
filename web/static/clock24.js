// A browser writes the times in its fields in its own way, 10:00 PM; every list says 22:00. Under such fields stands
// what they will be there, and on whose clock.
"use strict";

function sayAsLists() {
  for (const said of document.querySelectorAll("output[data-clock]")) {
    const times = [...said.htmlFor].map((id) => document.getElementById(id).value.slice(-5)).filter(Boolean);
    if (times[1] === "00:00") times[1] = "24:00"; // midnight at the end, as lists say it
    said.textContent = times.length ? said.dataset.clock.replace("{times}", times.join("–")) : "";
  }
}
sayAsLists();
document.addEventListener("input", sayAsLists);
document.body.addEventListener("htmx:afterSwap", sayAsLists);
