// "Read it to me": the browser's own voice reads a phrase in its language; without such a voice there is no button.
"use strict";
if ("speechSynthesis" in window) {
  for (const button of document.querySelectorAll("[data-speak]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const words = document.getElementById(button.dataset.speak);
      const said = new SpeechSynthesisUtterance(words.textContent);
      said.lang = words.lang === "es" ? "es-US" : "en-US";
      speechSynthesis.cancel();
      speechSynthesis.speak(said);
    });
  }
}
