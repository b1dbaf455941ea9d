/* Buttons for what the browser can do with a page appear only where it can. */
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = "Copied";
  });
}
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = !window.print;
  button.addEventListener("click", () => window.print());
}
