// Another interval has other suggested amounts: the one in the same place is chosen, for everybody to see.
const suggestions = JSON.parse(document.getElementById("suggested-amounts").textContent);
const group = document.getElementById("id_chosen_group");
const form = group.closest("form");

function exchangeAmounts(interval) {
  const choices = [...group.querySelectorAll('[name="chosen"]')];
  const place = choices.findIndex((choice) => choice.checked);
  const other = choices.find((choice) => choice.value === "other").closest("div");
  const offered = suggestions[interval] ?? [];
  const parts = offered.map(([value, text], number) => {
    const part = other.cloneNode(true);
    const [label, input] = [part.querySelector("label"), part.querySelector("input")];
    Object.assign(input, { value, id: `id_chosen_${number}` });
    input.checked = place >= 0 && choices[place].value !== "other" && number === Math.min(place, offered.length - 1);
    label.htmlFor = input.id;
    label.replaceChildren(input, ` ${text}`);
    return part;
  });
  other.querySelector("input").id = `id_chosen_${offered.length}`;
  other.querySelector("label").htmlFor = `id_chosen_${offered.length}`;
  other.parentElement.replaceChildren(...parts, other);
}

form.addEventListener("change", (event) => {
  if (event.target.name === "interval") exchangeAmounts(event.target.value);
  // A field that is out of sight must not contradict what was pressed.
  if (event.target.name === "chosen" && event.target.value !== "other") form.elements.amount.value = "";
});
