// The page on which the guard holds a form up: workers try numbers out, then the form goes on by itself.
// Where they can't (no secure connection, an old browser), the button for a mailed link is there as without a script.
const form = document.querySelector("form[data-guard]");
const status = form.querySelector("[data-guard-status]");
const work = form.querySelector("[data-guard-work]");
const MOST_WORKERS = 4;
const SLOW = 10000;

function goOn(answer) {
  form.elements.namedItem("guard_answer").value = answer;
  if (form.dataset.guard === "mail") {
    const wish = document.createElement("input");
    wish.type = "hidden";
    wish.name = "guard";
    wish.value = "mail";
    form.append(wish);
  }
  status.textContent = status.dataset.done;
  // A field of the form may be called "submit".
  HTMLFormElement.prototype.submit.call(form);
}

function start() {
  const count = Math.min(navigator.hardwareConcurrency || 2, MOST_WORKERS);
  const workers = Array.from({ length: count }, () => new Worker(new URL("guard-worker.js", import.meta.url)));
  const slow = setTimeout(() => (status.textContent = status.dataset.slow), SLOW);

  function end() {
    clearTimeout(slow);
    workers.forEach((worker) => worker.terminate());
    work.hidden = true;
  }

  workers.forEach((worker, first) => {
    worker.onmessage = (message) => {
      end();
      goOn(message.data);
    };
    worker.onerror = () => {
      end();
      status.textContent = status.dataset.failed;
    };
    const { salt, target, numbers } = form.dataset;
    worker.postMessage({ salt, target, numbers: Number(numbers), first, step: count });
  });
  work.hidden = false;
  status.textContent = status.dataset.working;
}

if (globalThis.Worker && globalThis.crypto?.subtle) {
  start();
} else {
  status.textContent = status.dataset.failed;
}
