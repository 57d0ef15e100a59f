/* Shows what is new without losing the reader's place. Without it, reloading does the same. */
(function () {
  "use strict";
  const place = document.querySelector("[data-refresh-seconds]");
  if (!place) return;
  const look = async () => {
    const isReading = document.hidden || place.contains(document.activeElement) && document.activeElement.matches("input, button");
    if (isReading) return;
    try {
      const response = await fetch(window.location.href, { headers: { Accept: "text/html" } });
      if (!response.ok) return;
      const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
      const found = fresh.querySelector("[data-refresh-seconds]");
      if (!found || found.innerHTML === place.innerHTML) return;
      const open = [...place.querySelectorAll("details")].map((one) => one.open);
      place.innerHTML = found.innerHTML;
      place.querySelectorAll("details").forEach((one, n) => { one.open = open[n]; });
    } catch { /* the sandbox is being restarted: the next look will tell */ }
  };
  setInterval(look, Number(place.dataset.refreshSeconds) * 1000);
})();
