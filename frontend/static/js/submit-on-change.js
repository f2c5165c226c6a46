// A select that filters sends its form at once; without script the form's own button does it.
document.addEventListener("change", (event) => {
  if (event.target.matches?.("[data-submit-on-change]")) event.target.form?.requestSubmit();
});
