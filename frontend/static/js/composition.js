// Pinyin that is still being composed is no search word: hold its input events back until the word is chosen.
for (const name of ["input", "keyup"]) {
  document.addEventListener(name, (event) => {
    if (event.isComposing && event.target.matches?.("[data-composition]")) event.stopImmediatePropagation();
  }, true);
}
document.addEventListener("compositionend", (event) => {
  if (event.target.matches?.("[data-composition]")) event.target.dispatchEvent(new Event("input", { bubbles: true }));
});
