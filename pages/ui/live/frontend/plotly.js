// Plotly's own file, from the server's Python package: fetched once, kept by the browser.

let loading;

/** Load Plotly on first use; every later call gets the same promise. */
export function plotly(url) {
  loading ??= load(url);
  loading.catch(() => (loading = undefined));
  return loading;
}

// A browser that is given the file as a script keeps it compiled. Where the app is served without
// its middleware (`serving/packed.py`) it isn't one, and is unpacked here.
async function load(url) {
  await run(url).catch(() => {}); // if it isn't there, the other way says so
  if (!window.Plotly) {
    const unpacked = await unpack(url);
    await run(unpacked).finally(() => URL.revokeObjectURL(unpacked));
  }
  return window.Plotly;
}

async function run(url) {
  const script = document.createElement("script");
  script.src = url;
  try {
    await new Promise((resolve, reject) => {
      script.onload = resolve;
      script.onerror = () => reject(new Error(`${url} could not be run`));
      document.head.append(script);
    });
  } finally {
    script.remove();
  }
}

async function unpack(url) {
  // The address names the version, so any copy that the browser has is the right one.
  const response = await fetch(url, { cache: "force-cache" });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  const plain = response.body.pipeThrough(new DecompressionStream("gzip"));
  return URL.createObjectURL(new Blob([await new Response(plain).arrayBuffer()]));
}
