// Looks for the number whose hash, together with the salt, is the target; tries every step-th one.
const BATCH = 64;
const encoder = new TextEncoder();

function bytesOf(hex) {
  return Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
}

async function isHit(number, salt, wanted) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(salt + number)));
  return hash.every((byte, place) => byte === wanted[place]);
}

onmessage = async ({ data: { salt, target, numbers, first, step } }) => {
  const wanted = bytesOf(target);
  for (let from = first; from < numbers; from += step * BATCH) {
    const batch = Array.from({ length: BATCH }, (_, index) => from + index * step);
    const hits = await Promise.all(batch.map((number) => isHit(number, salt, wanted)));
    if (hits.includes(true)) {
      postMessage(batch[hits.indexOf(true)]);
      return;
    }
  }
};
