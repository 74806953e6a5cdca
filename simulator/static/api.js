// Talks to the simulator: commands, and a state that is waited for.

export async function command(name, args = {}) {
  const response = await fetch(`/sim/${name}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(args),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

// Calls `show` with every new state, for as long as the page is open.
export async function follow(show, lost) {
  let version = -1;
  for (;;) {
    try {
      const response = await fetch(`/sim/state?since=${version}&wait=15`);
      const state = await response.json();
      version = state.version;
      show(state);
      await pause(80); // several changes in a row become one picture
    } catch {
      lost();
      await pause(1500);
    }
  }
}

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
