// Keeps a screen in step with the meeting: asks every second, sends what is pressed, and loses nothing while the line
// is down. Screens on the same machine tell each other at once.
const PAUSE = 1000;

export function follow({ address, token, channel, apply, lost }) {
  const queue = [];
  const others = new BroadcastChannel(channel);
  let sent = 0;
  let busy = false;

  async function ask(body) {
    const options = body ? { method: "POST", body: new URLSearchParams({ ...body, csrfmiddlewaretoken: token }) } : {};
    const answer = await fetch(address, { cache: "no-store", ...options });
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    return answer.json();
  }

  async function round() {
    if (busy) return;
    busy = true;
    try {
      const before = sent;
      let state = queue.length ? null : await ask();
      while (queue.length) {
        const first = queue[0];
        state = await ask(first);
        queue.splice(queue.indexOf(first), 1);
        others.postMessage("changed");
      }
      lost(false);
      if (sent === before || !queue.length) apply(state, sent !== before);
    } catch (error) {
      lost(true, error);
    } finally {
      busy = false;
      if (queue.length) setTimeout(round, PAUSE);
    }
  }

  others.addEventListener("message", round);
  setInterval(round, PAUSE);
  addEventListener("online", round);

  // What is set absolutely may be sent twice; of two places in a row only the last is sent.
  return function send(fields) {
    sent += 1;
    const last = queue.at(-1);
    if (last && "item" in last && "item" in fields && queue.length > (busy ? 1 : 0)) queue.pop();
    queue.push(fields);
    round();
  };
}

// 08:24 left, +01:20 beyond the end; empty where no timer was started.
export function clock(state, since) {
  if (state.seconds === null) return "";
  const left = state.seconds - (state.running ? Math.floor((Date.now() - since) / 1000) : 0);
  const size = Math.abs(left);
  const text = [Math.floor(size / 60), size % 60].map((part) => String(part).padStart(2, "0")).join(":");
  return left < 0 ? `+${text}` : text;
}

// The timer with another running state or so many seconds more, as the server wants it.
export function timed(state, since, { toggle = false, more = 0 }) {
  const start = state.seconds === null ? 60 * state.minutes : state.seconds;
  const gone = state.running && state.seconds !== null ? Math.floor((Date.now() - since) / 1000) : 0;
  const running = toggle ? !state.running : state.running;
  return { seconds: String(start - gone + more), running: running ? "1" : "0" };
}
