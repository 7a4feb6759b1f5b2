// What the page adds where scripts run: the journal live, and copying. Everything else works without.
"use strict";

const live = document.getElementById("live");
const entries = document.getElementById("entries");
if (live && entries) {
  const pause = document.getElementById("pause");
  const held = [];
  const show = (html) => {
    document.getElementById("nothing")?.remove();
    entries.insertAdjacentHTML("afterbegin", html);
    while (entries.children.length > Number(live.dataset.most)) entries.lastElementChild.remove();
  };
  const source = new EventSource(`${live.dataset.source}${live.dataset.source.includes("?") ? "&" : "?"}from=${live.dataset.from}`);
  source.addEventListener("entries", (event) => {
    if (pause.getAttribute("aria-pressed") === "true") held.push(event.data);
    else show(event.data);
  });
  source.addEventListener("cleared", () => {
    held.length = 0;
    entries.replaceChildren();
  });
  source.onopen = () => { live.textContent = live.dataset.live; live.classList.remove("lost"); };
  source.onerror = () => { live.textContent = live.dataset.lost; live.classList.add("lost"); };
  // The connection is one of the few that a browser opens to one server.
  addEventListener("pagehide", () => source.close());
  const labels = { false: pause.textContent, true: pause.dataset.resume };
  pause.addEventListener("click", () => {
    const paused = pause.getAttribute("aria-pressed") !== "true";
    pause.setAttribute("aria-pressed", String(paused));
    pause.textContent = labels[paused];
    if (!paused) held.splice(0).forEach(show);
  });
  live.hidden = pause.hidden = false;
}

for (const button of document.querySelectorAll("button[data-copies]")) {
  if (!navigator.clipboard) continue;
  const label = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).textContent);
    button.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = label; }, 2000);
  });
}
