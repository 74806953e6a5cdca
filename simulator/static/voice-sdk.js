// Stands in for Twilio's Voice SDK: the same names, as far as a page that takes calls needs them. Nothing is heard:
// what is said stands as text on the page with the pretend phones.
"use strict";
globalThis.Twilio = (() => {
  const server = new URL(document.currentScript.src).origin;

  class Emitter {
    #listeners = new Map();
    on(event, listener) { this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]); return this; }
    emit(event, ...values) { for (const listener of this.#listeners.get(event) ?? []) listener(...values); }
  }

  class Call extends Emitter {
    #device; #muted = false; #left = false;
    connected = false;
    constructor(device, { sid, from }) { super(); this.#device = device; this.parameters = { CallSid: sid, From: from }; }
    async #do(act, more = {}) {
      const answer = await fetch(`${server}/voice-sdk/${act}`, {
        method: "POST", body: new URLSearchParams({ token: this.#device.token, sid: this.parameters.CallSid, ...more }),
      }).catch(() => null);
      if (!answer?.ok) this.emit("error", { code: 31000, message: "The call is gone." });
    }
    async accept({ rtcConstraints = { audio: true } } = {}) {
      try {
        const stream = await navigator.mediaDevices.getUserMedia(rtcConstraints);
        for (const track of stream.getTracks()) track.stop();
      } catch {
        this.emit("error", { code: 31401, message: "No microphone." });
        return;
      }
      this.#do("accept");
    }
    reject() { this.#do("reject"); this.#left = true; this.emit("reject"); }
    ignore() { this.#left = true; }
    disconnect() { this.#do("disconnect"); }
    vanish() { // with its page
      const body = new URLSearchParams({ token: this.#device.token, sid: this.parameters.CallSid });
      navigator.sendBeacon(`${server}/voice-sdk/disconnect`, body);
    }
    sendDigits(digits) { this.#do("digits", { digits }); }
    mute(muted = true) { this.#muted = muted; this.emit("mute", muted, this); }
    isMuted() { return this.#muted; }
    told(status) {
      if (status === "in-progress" && !this.connected) { this.connected = true; this.emit("accept", this); }
    }
    over() { if (!this.#left) this.emit(this.connected ? "disconnect" : "cancel", this); }
  }

  class Device extends Emitter {
    #source = null; #calls = new Map(); #early; #expiry;
    state = "unregistered";
    constructor(token, { tokenRefreshMs = 10000 } = {}) {
      super();
      this.token = token;
      this.#early = tokenRefreshMs;
      addEventListener("pagehide", () => { for (const call of this.#calls.values()) if (call.connected) call.vanish(); });
    }
    register() {
      this.state = "registering";
      return new Promise((done, failed) => {
        this.#listen();
        this.#source.addEventListener("open", done, { once: true });
        this.#source.addEventListener("error", () => failed(new Error("The simulator does not answer.")), { once: true });
      });
    }
    #listen() {
      this.#source?.close();
      this.#source = new EventSource(`${server}/voice-sdk/events?token=${encodeURIComponent(this.token)}`);
      this.#source.onopen = () => { this.state = "registered"; this.emit("registered"); };
      this.#source.onerror = () => {
        if (this.state === "registered") { this.state = "unregistered"; this.emit("unregistered"); }
      };
      this.#source.onmessage = ({ data }) => this.#tell(JSON.parse(data));
      clearTimeout(this.#expiry);
      const { exp } = JSON.parse(atob(this.token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/")));
      this.#expiry = setTimeout(() => this.emit("tokenWillExpire", this), exp * 1000 - Date.now() - this.#early);
    }
    #tell(now) {
      for (const told of now) {
        if (!this.#calls.has(told.sid)) {
          const call = new Call(this, told);
          this.#calls.set(told.sid, call);
          this.emit("incoming", call);
        }
        this.#calls.get(told.sid).told(told.status);
      }
      for (const [sid, call] of this.#calls) {
        if (now.some((told) => told.sid === sid)) continue;
        this.#calls.delete(sid);
        call.over();
      }
    }
    updateToken(token) { this.token = token; if (this.#source) this.#listen(); }
    async unregister() { this.state = "unregistered"; this.emit("unregistered"); } // calls that go on do so
    destroy() {
      this.state = "destroyed";
      clearTimeout(this.#expiry);
      this.#source?.close();
      for (const call of this.#calls.values()) if (call.connected) call.disconnect();
    }
  }
  return { Device, Call };
})();
