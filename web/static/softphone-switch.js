// The console's side of calls in the browser: the switch, and Answer and Decline where the contact comes up. The calls
// themselves are in a window of their own (softphone.js), so that going from page to page hangs nothing up.
"use strict";
{
  const calls = new BroadcastChannel("softphone");
  const button = document.getElementById("softphone-switch");
  calls.addEventListener("message", ({ data }) => {
    if (!data.state) return;
    document.body.dataset.softphone = data.state;
    button?.setAttribute("aria-pressed", String(data.state !== "off"));
  });
  button?.addEventListener("click", () => {
    if (button.getAttribute("aria-pressed") === "true") calls.postMessage({ act: "off" });
    else window.open(button.dataset.window, "softphone", "popup,width=420,height=700");
  });
  document.addEventListener("click", ({ target }) => {
    const act = target.closest("[data-softphone]:not(body)")?.dataset.softphone;
    if (act) calls.postMessage({ act });
  });
  calls.postMessage({ act: "tell" });
}
