// What is wrong with the line between this page and its server is said within seconds.
//
// It runs before Streamlit's own scripts and without a connection: it looks at the websocket
// that they open, and asks over plain http whether the server is there at all. A page that
// gets no answer over an open websocket closes it; Streamlit then opens another for the same
// session, and has the page run again.

const labNotice = (() => {
  let box, timer;

  function make() {
    const style = document.createElement("style");
    style.textContent = `
      .lab-notice { position: fixed; z-index: 2000000; left: 50%; bottom: 16px; transform: translateX(-50%);
        box-sizing: border-box; width: max-content; max-width: min(44rem, calc(100vw - 32px)); padding: 12px 18px;
        border-radius: 8px; border: 1px solid #b59cff; background: #1c1433; color: #fff;
        font: 16px/1.45 "Source Sans", system-ui, sans-serif; box-shadow: 0 4px 24px #0006; }
      .lab-notice:empty { display: none; }
      @media print { .lab-notice { display: none; } }`;
    box = document.createElement("div");
    box.className = "lab-notice";
    box.setAttribute("role", "status");
    box.dataset.reactAriaTopLayer = "true"; // Streamlit's dialogs hide from readers all that isn't
    document.body.append(style, box);
  }

  /** Say something at the foot of the page until the next call, or for some milliseconds. */
  return (text, time) => {
    clearTimeout(timer);
    if (!box && text) make();
    if (box && box.textContent !== text) box.textContent = text;
    if (time) timer = setTimeout(() => labNotice(""), time);
  };
})();

(() => {
  const STREAM = "/_stcore/stream";
  const TICK = 500; // ms; waiting is counted in these, so that a busy browser isn't taken for a silent server
  const PATIENCE = 4000; // ms until the page speaks
  const [FIRST, LONGEST] = [10_000, 60_000]; // ms until a silent line is given up; longer each time in a row
  const AGAIN = 60_000; // ms between two reloads
  const HOST = location.host;
  const LOCAL = /^(localhost|127[.]|\[::1\])/.test(HOST);
  const WORDS = {
    closed:
      `The page is here, but its live connection to ${HOST} isn't open yet. On a slow line that takes some ` +
      "seconds more. If this stays, something on the way doesn't let it through, such as the filter of a school " +
      "or an office: try another network, a phone's for example, or ask whoever runs this one to allow " +
      `WebSockets to ${HOST}.`,
    broken:
      "The connection to the server broke off. A new one is being opened, and the page comes back with the " +
      "numbers in its address.",
    gone:
      "The server doesn't answer just now. It's asked again and again, and the page comes back by itself with " +
      "the numbers in its address.",
    offline:
      "This device has no network. As soon as there is one, the page comes back by itself with the numbers in " +
      "its address.",
    silent:
      "The server hasn't answered yet. It may be busy, or the connection may be dead: if nothing comes, the page " +
      "opens a new one by itself.",
    over: "A part of this page has failed. Reload the page: it comes back with the numbers in its address.",
  };

  let line = null; // the last websocket
  let open = false;
  let ever = false; // one was open
  let lost = 0; // ms without one
  let run = null; // ms since a run of the page was asked for, of which nothing has come
  let there = null; // ms since the server was asked whether it is there
  let quiet = 0; // ms since anything has come
  let alive = false; // it has answered that since the run was asked for
  let patience = FIRST;
  let lacking = false; // one of Streamlit's scripts didn't come, and it won't ask for it again
  let said = "";

  window.WebSocket = class extends WebSocket {
    constructor(url, protocols) {
      super(url, protocols);
      if (String(url).includes(STREAM)) watch(this);
    }

    send(data) {
      super.send(data);
      if (this !== line || data[0] !== labWire.run) return;
      run ??= 0;
      alive = false;
    }
  };

  function watch(socket) {
    line = socket;
    open = false;
    const on = (event, act) => socket.addEventListener(event, (told) => socket === line && act(told));
    on("open", () => {
      open = ever = true;
      lost = 0;
      run = there = null;
    });
    on("close", () => {
      open = false;
    });
    on("message", ({ data }) => hear(new Uint8Array(data)));
  }

  function hear(data) {
    there = null;
    quiet = 0;
    if (isAnswer(data)) {
      alive = true;
    } else {
      run = null;
      patience = FIRST;
    }
  }

  /** Whether a message only says that the server is there. */
  function isAnswer(data) {
    const { answer } = labWire;
    return data.length === answer.length && answer.every((byte, i) => byte === data[i]);
  }

  function tick() {
    if (!open) return missing();
    if (lacking) return reload();
    if (run !== null) run += TICK;
    if (there !== null) there += TICK;
    quiet += TICK;
    const running = document.querySelector('[data-test-script-state="running"]');
    if ((run !== null || running) && quiet % PATIENCE === PATIENCE / 2) ask();
    // A long run keeps the next request waiting; that isn't silence while the server is there.
    const silent = Math.max(running && alive ? 0 : (run ?? 0), there ?? 0);
    if (silent > patience) return renew();
    say(silent >= PATIENCE ? WORDS.silent : "");
  }

  /** Ask the session, over the line, whether it is there. */
  function ask() {
    if (there !== null || line?.readyState !== WebSocket.OPEN) return;
    there = 0;
    line.send(new Uint8Array(labWire.ask));
  }

  function renew() {
    patience = Math.min(2 * patience, LONGEST);
    lost = PATIENCE - TICK;
    // A dead line answers a close as little as anything; a browser waits for that half a minute.
    line.dispatchEvent(new CloseEvent("close"));
    line.close();
  }

  function missing() {
    lost += TICK;
    if (lost % PATIENCE === 0) tell();
  }

  async function tell() {
    const answers = await asksByHttp();
    if (open) return;
    if (!answers) return say(navigator.onLine || LOCAL ? WORDS.gone : WORDS.offline);
    if (document.querySelector('[data-test-connection-state="DISCONNECTED_FOREVER"]')) return reload();
    say(ever && lost < 3 * PATIENCE ? WORDS.broken : WORDS.closed);
  }

  async function asksByHttp() {
    try {
      const address = new URL("./_stcore/health", location);
      return (await fetch(address, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) })).ok;
    } catch {
      return false;
    }
  }

  /** Streamlit has given up this page, or a part of it. */
  function reload() {
    const last = Number(sessionStorage.getItem("lab-reload") ?? 0);
    if (Date.now() - last < AGAIN) return say(WORDS.over);
    sessionStorage.setItem("lab-reload", String(Date.now()));
    location.reload();
  }

  function say(words) {
    if (words !== said) labNotice((said = words));
  }

  /** Whether a run was asked for of which nothing has come; `links.py` waits for that. */
  window.labIsUnheard = () => open && run !== null;

  // A laptop that woke, a phone in another network: the line may be dead without a word.
  addEventListener("online", ask);
  document.addEventListener("visibilitychange", () => document.hidden || ask());
  addEventListener("vite:preloadError", () => (lacking = true));
  // Not before: on a slow line Streamlit's scripts take their time, too.
  addEventListener("load", () => setInterval(tick, TICK));
})();
