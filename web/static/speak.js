// "Read it to me": the browser's own voice reads a phrase in its language; without such a voice there is no button.
"use strict";
if ("speechSynthesis" in window) {
  const offer = () => { for (const button of document.querySelectorAll("[data-speak][hidden]")) button.hidden = false; };
  offer();
  document.body.addEventListener("htmx:afterSettle", offer); // a list that was searched is a new one
  document.body.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-speak]");
    if (!button) return;
    const words = document.getElementById(button.dataset.speak);
    const said = new SpeechSynthesisUtterance(words.textContent);
    said.lang = words.lang === "es" ? "es-US" : "en-US";
    speechSynthesis.cancel();
    speechSynthesis.speak(said);
  });
}
