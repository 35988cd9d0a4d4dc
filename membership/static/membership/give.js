// The gift form says at once what it comes to. The server works all of it out again; nothing here is believed.
const page = document.querySelector("[data-give]");
const form = page.closest("form");
const { currency, digits, basisPoints, fixed, step } = page.dataset;
const suggestions = JSON.parse(document.getElementById("give-suggestions").textContent);
const locale = document.documentElement.lang || "en";
const decimals = Number(digits);
const shown = new Intl.NumberFormat(locale, { style: "currency", currency, minimumFractionDigits: decimals });
const comma = new Intl.NumberFormat(locale).formatToParts(1.5).find((part) => part.type === "decimal").value;
const total = form.querySelector("[data-give-total]");
const cover = form.querySelector("[data-give-cover]");
const often = { once: "once", month: "a month", quarter: "a quarter", year: "a year" };
const usual = cover?.textContent.trim().split("\n").pop().trim();

const money = (minor) => shown.format(minor / 10 ** decimals);
const chosen = (name) => form.querySelector(`[name="${name}"]:checked`)?.value;

// Whole figures only: a half-typed amount is no amount yet.
function typedAmount() {
  const [whole, fraction = "", ...rest] = form.elements.other_amount.value.trim().split(comma);
  if (rest.length || !/^\d{1,9}$/.test(whole) || !/^\d*$/.test(fraction) || fraction.length > decimals) return null;
  return Number(whole + fraction.padEnd(decimals, "0"));
}

function amount() {
  const value = chosen("amount");
  return value === "other" ? typedAmount() : value ? Number(value) : null;
}

// As in membership/fee_cover.py.
function coverOf(gift) {
  const whole = Math.ceil(((gift + Number(fixed)) * 10000) / (10000 - Number(basisPoints)));
  return Math.ceil(whole / Number(step)) * Number(step) - gift;
}

function tell() {
  const gift = amount();
  const more = gift && cover ? coverOf(gift) : 0;
  if (cover) {
    cover.textContent = `${more ? `For ${money(gift)} this adds ${money(more)}.` : "You see the exact sum before you pay."} ${usual}`;
  }
  total.hidden = !gift;
  if (!gift) return;
  const pays = gift + (form.elements.covers_fee?.checked ? more : 0);
  const each = document.createElement("span");
  each.textContent = often[chosen("frequency")] ?? "";
  total.replaceChildren(`${money(pays)} `, each);
}

// Another frequency has other amounts: the one in the same place is chosen, for everybody to see.
function exchangeAmounts() {
  const choices = [...form.querySelectorAll('#id_amount_group [name="amount"]')];
  const offered = suggestions[chosen("frequency")] ?? [];
  const place = choices.findIndex((choice) => choice.checked);
  const other = choices.find((choice) => choice.value === "other").closest("div");
  const parts = offered.map(([value, text], number) => {
    const part = other.cloneNode(true);
    const [label, input] = [part.querySelector("label"), part.querySelector("input")];
    Object.assign(input, { value, id: `id_amount_${number}` });
    input.checked = choices[place]?.value !== "other" && number === Math.min(place, offered.length - 1);
    label.htmlFor = input.id;
    label.replaceChildren(input, ` ${text}`);
    return part;
  });
  other.querySelector("input").id = `id_amount_${offered.length}`;
  other.querySelector("label").htmlFor = `id_amount_${offered.length}`;
  other.parentElement.replaceChildren(...parts, other);
}

form.addEventListener("change", (event) => {
  if (event.target.name === "frequency") exchangeAmounts();
  if (event.target.name === "amount" && event.target.value !== "other") form.elements.other_amount.value = "";
  tell();
});
form.addEventListener("input", tell);
tell();
