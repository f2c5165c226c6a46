// [data-copy=ID] copies the words of that element. Without a secure context they are marked instead, ready for the keyboard.
const mark = (words) => {
  const range = document.createRange();
  range.selectNodeContents(words);
  getSelection()?.removeAllRanges();
  getSelection()?.addRange(range);
};

for (const button of document.querySelectorAll("[data-copy]")) {
  const words = document.getElementById(button.dataset.copy);
  const told = button.querySelector("[data-copy-word]");
  if (!words || !told) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    mark(words);
    try {
      await navigator.clipboard.writeText(words.textContent.trim());
      told.textContent = told.dataset.copyWord;
    } catch {
      // They stay marked.
    }
  });
}
