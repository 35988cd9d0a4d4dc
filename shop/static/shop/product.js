// Shows the price of what is chosen. Without this, the price stands beside each choice.
const form = document.querySelector(".buy");
const price = document.querySelector("[data-price]");

function showPrice() {
  const chosen = form.querySelector("input[name=reference]:checked");
  const said = chosen && chosen.closest("label").querySelector("template");
  if (said) price.replaceChildren(said.content.cloneNode(true));
}

if (form && price) {
  form.addEventListener("change", showPrice);
  showPrice();
}
