// On the page that waits for a payment: look for news and reload only when there is some.
// Often at first, then once a minute: a bank debit takes days.
const OFTEN = 5000;
const SELDOM = 60000;
const started = Date.now();
const state = document.querySelector("[data-waiting]")?.dataset.waiting;

async function look() {
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (answer.ok && !(await answer.text()).includes(`data-waiting="${state}"`)) {
      location.reload();
      return;
    }
  } catch {
    // No network for a moment: the next look will do.
  }
  setTimeout(look, Date.now() - started < 120000 ? OFTEN : SELDOM);
}

setTimeout(look, OFTEN);
