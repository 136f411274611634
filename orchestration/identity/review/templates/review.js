// One key, one decision. Held keys, keys with a modifier and keys typed into the note do nothing.
let done = false;
document.addEventListener("keydown", (event) => {
  if (event.target.matches("input")) {
    if (event.key === "Enter" || event.key === "Escape") { event.preventDefault(); event.target.blur(); }
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || done) return;
  const button = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!button) return;
  event.preventDefault();
  done = true;
  button.click();
});
document.addEventListener("submit", (event) => {
  if (document.body.dataset.sent) event.preventDefault();
  document.body.dataset.sent = "yes";
});
