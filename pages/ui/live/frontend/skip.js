// The first tab stop of every page leads to its picture.

const skip = document.createElement("a");
skip.className = "lab-skip";
skip.href = "#equation";
skip.textContent = "Skip to the content";
skip.addEventListener("click", (event) => {
  event.preventDefault();
  const find = (selector) => document.querySelector(selector);
  const picture = find(".lab-board, .js-plotly-plot") ?? find('[data-testid="stMain"]');
  if (!picture.hasAttribute("tabindex")) picture.tabIndex = -1; // one that scrolls has a stop
  picture.focus();
});

const looks = document.createElement("style");
looks.textContent = `
  .lab-skip { position: fixed; z-index: 1000000; top: 0.5rem; right: 100vw; padding: 0.5rem 1rem;
    border-radius: 0.5rem; background: #22303f; color: #fff; font: 1rem sans-serif; }
  .lab-skip:focus { right: auto; left: 0.5rem; outline: 2px solid #fff; outline-offset: 2px; }
  @media print { .lab-skip { display: none; } }`;
document.head.append(looks);
document.body.prepend(skip);
