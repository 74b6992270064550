// Two buttons of a figure that save it for print: as SVG, and as PNG at 300 dots an inch.

/**
 * Plotly's configuration with the two buttons, before those that it has. They are buttons of the page, so that the
 * tabulator key reaches them, and Plotly shows them while they have the focus.
 */
export function saving(Plotly, { config, name, paper, print_scale: scale }) {
  const button = (format, label, icon) => ({
    name: label,
    title: label,
    icon,
    click: (plot) => Plotly.downloadImage(printed(plot, paper), options(plot, format, name, scale)),
  });
  const buttons = [
    button("svg", "Save as SVG", Plotly.Icons.disk),
    button("png", "Save as PNG for print", Plotly.Icons.camera),
  ];
  return { ...config, modeBarButtons: [buttons, ...(config.modeBarButtons ?? [])] };
}

function options(plot, format, filename, scale) {
  const { width, height } = plot.layout;
  return { format, filename, width, height, scale: format === "png" ? scale : 1 };
}

/** The figure on white, whatever the page is; the dark theme's colours become those of the light one. */
export function printed(plot, paper) {
  const layout = { ...recoloured(plot.layout, paper), paper_bgcolor: "#ffffff" };
  return { data: plot.data.map((trace) => recoloured(trace, paper)), layout };
}

/** A copy with other colours. Words are left alone, should one be spelled like a colour. */
function recoloured(part, paper, isColour = false) {
  if (typeof part === "string") return isColour ? (paper[part] ?? part) : part;
  if (!part || typeof part !== "object" || ArrayBuffer.isView(part)) return part;
  if (Array.isArray(part)) return part.map((item) => recoloured(item, paper, isColour));
  const entries = Object.entries(part);
  return Object.fromEntries(
    entries.map(([key, value]) => [key, recoloured(value, paper, /color/.test(key))]),
  );
}
