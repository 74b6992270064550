// Plotly's own file, from the server's Python package: fetched once, kept by the browser.

let loading;

/** Load Plotly on first use; every later call gets the same promise. */
export function plotly(url) {
  loading ??= load(url);
  loading.catch(() => (loading = undefined));
  return loading;
}

async function load(url) {
  // The address names the version, so any copy that the browser has is the right one.
  const response = await fetch(url, { cache: "force-cache" });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  const plain = response.body.pipeThrough(new DecompressionStream("gzip"));
  const script = document.createElement("script");
  script.src = URL.createObjectURL(new Blob([await new Response(plain).arrayBuffer()]));
  await new Promise((resolve, reject) => {
    script.onload = resolve;
    script.onerror = () => reject(new Error("Plotly's file could not be run"));
    document.head.append(script);
  });
  URL.revokeObjectURL(script.src);
  return window.Plotly;
}
