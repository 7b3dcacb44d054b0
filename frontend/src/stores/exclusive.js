// A turn at something that only one tab may do at a time. Resolves to the function that ends the turn.
let tail = Promise.resolve();

export function acquire(name) {
  if (navigator.locks) {
    return new Promise((resolve, reject) => {
      navigator.locks.request(name, () => new Promise((release) => resolve(release))).catch(reject);
    });
  }
  // Not served securely, so the browser has no locks: at least one turn at a time in this tab.
  let release;
  const before = tail;
  tail = new Promise((resolve) => (release = resolve));
  return before.then(() => release);
}
