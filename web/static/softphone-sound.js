// Sounds of the calls window, made here and fetched from nowhere: the ring, and a check of microphone and speaker.
"use strict";
const Sound = (() => {
  const RING_S = 60, EVERY_S = 3, LONG_S = 1; // a ring every three seconds, planned ahead: hidden windows have slow clocks
  const CHECK_S = 8;
  let context = null;
  let ringing = null;
  function audio() {
    context ??= new AudioContext();
    context.resume();
    return context;
  }
  function tones(seconds, every, long, loud) {
    const gain = audio().createGain();
    gain.gain.value = 0;
    gain.connect(context.destination);
    for (let at = 0; at < seconds; at += every) {
      gain.gain.setValueAtTime(loud, context.currentTime + at);
      gain.gain.setValueAtTime(0, context.currentTime + at + long);
    }
    const both = [440, 480].map((hertz) => { // a telephone's ring in North America
      const tone = context.createOscillator();
      tone.frequency.value = hertz;
      tone.connect(gain);
      tone.start();
      tone.stop(context.currentTime + seconds);
      return tone;
    });
    return () => both.forEach((tone) => tone.stop());
  }
  function stop() { ringing?.(); ringing = null; }
  return {
    ready: audio,
    ring() { stop(); ringing = tones(RING_S, EVERY_S, LONG_S, 0.15); },
    stop,
    // A tone from the chosen speaker, then for some seconds how loud the chosen microphone hears.
    async check(microphone, speaker, meter) {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: microphone ? { deviceId: { exact: microphone } } : true });
      if (audio().setSinkId) await context.setSinkId(speaker === "default" ? "" : speaker);
      tones(1, 1, 1, 0.1);
      const ear = context.createAnalyser();
      const source = context.createMediaStreamSource(stream);
      source.connect(ear);
      const heard = new Float32Array(ear.fftSize);
      const until = Date.now() + CHECK_S * 1000;
      const look = () => {
        ear.getFloatTimeDomainData(heard);
        meter.value = Math.min(1, Math.max(...heard) * 2);
        if (Date.now() < until) { requestAnimationFrame(look); return; }
        meter.value = 0;
        source.disconnect();
        for (const track of stream.getTracks()) track.stop();
      };
      look();
    },
  };
})();
