"""The smallest page of its kind: one slider, one 3×3 chart. What it costs is Streamlit's."""

import plotly.graph_objects as go
import streamlit as st

value = st.slider("value", -3.0, 3.0, 0.0, 0.05)
st.plotly_chart(go.Figure(go.Heatmap(z=[[value, 0, 1], [0, 1, 2], [1, 2, 3]])))
