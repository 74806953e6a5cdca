// Forms that a passkey fills in: the options come from the server, the device answers, and the form is sent as any other.
"use strict";

async function answer(form) {
  const asked = await fetch(form.dataset.passkey, {
    method: "POST",
    headers: { "X-CSRFToken": form.elements.csrf_token.value },
  });
  if (asked.status === 403) location.reload(); // the password was given too long ago: the page asks for it again
  if (!asked.ok) throw new Error(`${asked.status}`);
  const options = await asked.json();
  const credential = form.dataset.make === undefined
    ? await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) })
    : await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) });
  return JSON.stringify(credential.toJSON());
}
document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-passkey]");
  if (!form || form.elements.credential.value) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const wrong = form.querySelector("[data-wrong]");
  wrong.textContent = "";
  try {
    form.elements.credential.value = await answer(form);
    form.requestSubmit();
  } catch {
    wrong.textContent = wrong.dataset.wrong; // also when the person changed their mind: browsers do not tell which
  }
}, true);
