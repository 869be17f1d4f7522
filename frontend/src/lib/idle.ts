/** Resolves when the browser has nothing more urgent to do, after a second at the latest. */
export function whenIdle(): Promise<void> {
  return new Promise((resolve) => {
    // Safari has no idle callback.
    if (typeof requestIdleCallback === 'undefined') setTimeout(resolve, 300);
    else requestIdleCallback(() => resolve(), { timeout: 1000 });
  });
}
