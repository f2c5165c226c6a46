// Keys for a PIN. The fourth digit sends the form; the field stays the one source of what was typed.
for (const pad of document.querySelectorAll("[data-pin-pad]")) {
  const input = pad.querySelector("[data-pin-input]");
  const cells = [...pad.querySelectorAll("[data-pin-cells] > *")];
  if (!input || input.readOnly) continue;

  const show = () => cells.forEach((cell, place) => {
    if (place < input.value.length) cell.dataset.state = "filled";
    else if (place === input.value.length) cell.dataset.state = "next";
    else delete cell.dataset.state;
  });
  const write = (value) => {
    input.value = value.normalize("NFKC").replace(/\D/g, "").slice(0, 4);
    show();
    if (input.value.length === 4) input.form.requestSubmit();
  };

  pad.querySelectorAll("[data-pin-cells], [data-pin-keys]").forEach((part) => { part.hidden = false; });
  pad.querySelector("[data-pin-submit]").hidden = true;
  input.closest("label").classList.add("unseen");
  input.addEventListener("input", () => write(input.value));
  pad.addEventListener("click", (event) => {
    const key = event.target.closest("[data-pin-key]")?.dataset.pinKey;
    if (key === "clear") write("");
    else if (key === "back") write(input.value.slice(0, -1));
    else if (key) write(input.value + key);
  });
  show();
}
