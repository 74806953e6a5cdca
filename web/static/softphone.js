// The window in which calls are taken. It says every few seconds that it is there; when it cannot, the phone is rung
// instead. Hold, mute and hanging up are on the contact's page, as for every phone.
"use strict";

const here = document.getElementById("softphone").dataset;
const part = (id) => document.getElementById(id);
const pages = new BroadcastChannel("softphone"); // the console's pages in this browser
const SOUNDS = ["incoming", "outgoing", "disconnect", "dtmfs", "dtmfh", ...[..."0123456789"].map((key) => `dtmf${key}`)];
const TOKEN_EARLY_MS = 120000;
const PATIENCE_MS = 8000; // with the server
const TOKEN_EXPIRED = [20101, 20104]; // Twilio's errors, after a lid was closed for long

let wanted = false; // somebody turned it on
let turn = 0; // of the switch: whoever waits for an answer sees by it that they were overtaken
let device = null;
let call = null;
let state = "off";

// ---- what is shown, here and on the console's pages
function show(next) {
  state = next;
  part("state").textContent = here[`say${next[0].toUpperCase()}${next.slice(1)}`];
  part("state").className = { on: "banner good", talking: "banner good", off: "banner" }[next] ?? "banner warn";
  part("ring").hidden = next !== "ringing";
  part("talk").hidden = next !== "talking";
  document.querySelector("[data-act=on]").hidden = wanted;
  document.querySelector("[data-act=off]").hidden = !wanted;
  pages.postMessage({ state: next });
}
function trouble(sentence) {
  part("trouble").textContent = sentence ?? "";
  part("trouble").hidden = !sentence;
}

// ---- the server
async function post(what) {
  const answer = await fetch(`${here.base}/${what}`, {
    method: "POST", headers: { "X-CSRFToken": here.token }, signal: AbortSignal.timeout(PATIENCE_MS),
  }).catch(() => { throw new Error(here.sayOffline); });
  if (answer.status === 401 || answer.status === 403) throw new Error(here.saySignedOut);
  if (answer.status === 409) throw new Error((await answer.json().catch(() => ({}))).error);
  if (!answer.ok) throw new Error(here.sayOffline);
  return answer;
}
const token = async () => (await (await post("token")).json()).token;
function leave({ closed = false } = {}) {
  const body = new FormData();
  body.append("csrf_token", here.token);
  if (closed) body.append("closed", "yes");
  navigator.sendBeacon(`${here.base}/leave`, body);
}
function ready() {
  trouble();
  show(call ? state : "on");
}
async function present(phone) {
  if (!wanted || phone !== device) return;
  const mine = turn;
  try {
    await post("begin");
    if (mine === turn) ready();
    else if (!wanted) leave(); // the one sent when it was turned off may have come first
  } catch (error) {
    if (mine === turn) turnOff(error.message);
  }
}

async function renew() {
  if (!wanted || device?.state !== "registered") return;
  try {
    await post("renew");
    if (state === "offline") ready();
  } catch (error) {
    if (error.message === here.sayOffline) show(call ? state : "offline");
    else turnOff(error.message);
  }
}
const clock = new Worker(here.clock);
clock.addEventListener("message", renew);
clock.postMessage(Number(here.every));

// ---- on and off
async function turnOn() {
  const mine = ++turn;
  let phone = null;
  wanted = true;
  trouble();
  Sound.ready();
  show("starting");
  try {
    if (!self.Twilio?.Device || !navigator.mediaDevices) throw new Error(here.sayUnsupported);
    await askForMicrophone();
    const pass = await token();
    if (mine !== turn) return; // turned off meanwhile
    device = phone = new Twilio.Device(pass, {
      closeProtection: false, codecPreferences: ["opus", "pcmu"], logLevel: "error", tokenRefreshMs: TOKEN_EARLY_MS,
      sounds: Object.fromEntries(SOUNDS.map((name) => [name, here.silence])),
    });
    follow(phone);
    await phone.register();
    if (mine === turn) await useDevices();
  } catch (error) {
    if (mine === turn) turnOff(error.message || here.sayTrouble);
  } finally {
    if (phone !== device) phone?.destroy(); // what was still under way is not left registered
  }
}
async function askForMicrophone() {
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    for (const track of stream.getTracks()) track.stop();
  } catch (error) {
    throw new Error(error.name === "NotAllowedError" ? here.sayDenied : here.sayNoMicrophone);
  }
  await listDevices();
}
function turnOff(why) {
  turn += 1;
  wanted = false;
  leave();
  if (call && state === "talking") device?.unregister().catch(() => {}); // the conversation goes on
  else { device?.destroy(); device = null; over(); }
  trouble(why);
  show(call ? state : "off");
}
function follow(phone) {
  phone.on("registered", () => present(phone));
  phone.on("unregistered", () => { if (wanted && phone === device) { leave(); show(call ? state : "lost"); } });
  phone.on("tokenWillExpire", () => newToken(phone));
  phone.on("error", (error) => {
    trouble(`${here.sayTrouble} (${error.code ?? error.name})`);
    if (TOKEN_EXPIRED.includes(error.code)) newToken(phone);
  });
  phone.on("incoming", incoming);
}

async function newToken(phone) {
  try {
    phone.updateToken(await token());
    if (phone.state === "unregistered") await phone.register();
  } catch (error) {
    trouble(error.message);
  }
}

// ---- a call
function incoming(next) {
  call = next;
  post("heard").catch(() => {});
  Sound.ring();
  trouble();
  show("ringing");
  focus();
  next.on("accept", () => { Sound.stop(); show("talking"); });
  for (const end of ["cancel", "disconnect", "reject"]) next.on(end, () => { if (call === next) over(); });
  next.on("error", (error) => {
    if (state === "ringing") turnOff(`${here.sayTrouble} (${error.code ?? error.name})`); // the phone is rung at once
    else trouble(`${here.sayTrouble} (${error.code ?? error.name})`);
  });
  next.on("warning", (name) => { if (name !== "constant-audio-output-level") trouble(here.sayPoor); });
  next.on("warning-cleared", () => trouble());
  next.on("reconnecting", () => trouble(here.sayReconnecting));
  next.on("reconnected", () => trouble());
}
function over() {
  Sound.stop();
  call = null;
  if (state !== "ringing" && state !== "talking") return;
  trouble();
  if (!wanted) { device?.destroy(); device = null; }
  show(!wanted ? "off" : device?.state === "registered" ? "on" : "lost");
}
async function decline() {
  const declined = call;
  Sound.stop();
  try {
    await post("decline");
    declined.ignore(); // the server ends it, and rings somebody else
  } catch {
    declined.reject();
  }
  if (call === declined) over();
}

// ---- microphone and speaker
async function listDevices() {
  const found = await navigator.mediaDevices.enumerateDevices();
  for (const [id, kind] of [["microphone", "audioinput"], ["speaker", "audiooutput"]]) {
    const options = found.filter((one) => one.kind === kind).map((one) => new Option(one.label, one.deviceId));
    part(id).replaceChildren(...options);
    const kept = localStorage.getItem(id);
    if (options.some((option) => option.value === kept)) part(id).value = kept;
  }
}
async function useDevices() {
  for (const id of ["microphone", "speaker"]) if (part(id).value) localStorage.setItem(id, part(id).value);
  const speaker = part("speaker").value;
  if (speaker && device?.audio?.isOutputSelectionSupported) await device.audio.speakerDevices.set(speaker);
}
// The microphone is opened by each call anew, so that it is off in between.
function answer() {
  call.accept({ rtcConstraints: { audio: { deviceId: { ideal: part("microphone").value } } } });
}
part("sound").addEventListener("change", () => useDevices().catch((error) => trouble(error.message)));

// ---- what people press
const ACTS = {
  on: turnOn,
  off: () => turnOff(),
  answer: () => { if (state === "ringing") answer(); },
  decline: () => { if (state === "ringing") decline(); },
  check: () => Sound.check(part("microphone").value, part("speaker").value, part("level")).then(listDevices, () => trouble(here.sayNoMicrophone)),
  tell: () => pages.postMessage({ state }),
};
document.addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  if (button?.dataset.act) ACTS[button.dataset.act]();
  if (button?.dataset.digit) call?.sendDigits(button.dataset.digit);
});
document.addEventListener("keydown", (event) => {
  if (localStorage.getItem("keys") === "off") return; // as on the console's sheet of keys
  const act = { a: "answer", x: "decline" }[event.key];
  if (act && state === "ringing" && !event.ctrlKey && !event.metaKey && !event.altKey) ACTS[act]();
});
pages.addEventListener("message", ({ data }) => { if (data.act && !["on", "check"].includes(data.act)) ACTS[data.act]?.(); });
addEventListener("beforeunload", (event) => {
  if (state !== "talking") return;
  event.preventDefault();
  event.returnValue = true; // older browsers ask only then
});
// Nobody is at a call whose window is gone: it ends at once, and the caller waits for a phone.
addEventListener("pagehide", () => { if (wanted || call) leave({ closed: true }); pages.postMessage({ state: "off" }); });
show("off");
