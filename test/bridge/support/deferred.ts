/** Lets everything run that waits for promises only. */
export function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Whether a promise has come to an end by now. */
export async function isPending(promise: Promise<unknown>): Promise<boolean> {
  let pending = true;
  const ended = () => {
    pending = false;
  };
  promise.then(ended, ended);
  for (let i = 0; i < 20; i += 1) await Promise.resolve();
  return pending;
}
