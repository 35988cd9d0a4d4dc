// A chosen way of delivery counts at once; without this, a button does it.
for (const form of document.querySelectorAll("[data-send-on-change]")) {
  form.querySelector("[data-hidden-with-script]").hidden = true;
  form.addEventListener("change", () => form.requestSubmit());
}
