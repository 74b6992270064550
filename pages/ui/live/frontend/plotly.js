// Plotly's own file, from the server's Python package: fetched once, kept by the browser.

let loading;

/** Load Plotly on first use; every later call gets the same promise. */
export function plotly(url) {
  loading ??= load(url);
  loading.catch(() => (loading = undefined));
  return loading;
}

async function load(url) {
  const script = document.createElement("script");
  script.src = url;
  try {
    await new Promise((resolve, reject) => {
      script.onload = resolve;
      script.onerror = () => reject(new Error(`${url} could not be loaded`));
      document.head.append(script);
    });
  } finally {
    script.remove();
  }
  return window.Plotly;
}
