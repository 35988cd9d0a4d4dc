// Shows the fields of another country as soon as it is chosen: what the button does, without leaving the page.
// Each answer is the whole page as the button would bring it; only the fields below the country are taken over.
for (const address of document.querySelectorAll("[data-address]")) {
  const country = address.querySelector("[data-reshapes]");
  const show = address.querySelector("[data-address-show]");
  const button = show.querySelector("button");
  const place = [...document.querySelectorAll("[data-address]")].indexOf(address);
  let asked = null;

  async function reshape() {
    asked?.abort();
    asked = new AbortController();
    const typed = new FormData(country.form);
    typed.set(button.name, button.value);
    try {
      const answer = await fetch(country.form.action, { method: "POST", body: typed, signal: asked.signal });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const other = page.querySelectorAll("[data-address]")[place].querySelector("[data-address-fields]");
      address.querySelector("[data-address-fields]").replaceChildren(...other.childNodes);
      address.querySelector("[data-address-status]").textContent = "The fields below fit this country now.";
    } catch (error) {
      // Not reached, or held up on the way: the button is there as without a script.
      if (error.name !== "AbortError") {
        show.hidden = false;
      }
    }
  }

  show.hidden = true;
  country.addEventListener("change", reshape);
}
