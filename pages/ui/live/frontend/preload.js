// Plotly is fetched and run before there is a picture, which then comes sooner.

import { plotly } from "./plotly.js";

export default async function ({ data }, home) {
  await plotly(home + data.plotly);
}
