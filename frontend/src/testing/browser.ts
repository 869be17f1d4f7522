/** The parts of a browser that jsdom lacks and the app uses: they exist and do nothing. */

class SilentObserver {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}

/** A connection that never opens; a test that wants events replaces it with `vi.stubGlobal`. */
class SilentEventSource extends EventTarget {
  close(): void {}
}

/** A wide screen in the light theme, with a mouse. */
function matchMedia(media: string): MediaQueryList {
  const list = new EventTarget();
  return Object.assign(list, { media, matches: false, onchange: null }) as MediaQueryList;
}

globalThis.ResizeObserver ??= SilentObserver;
globalThis.EventSource ??= SilentEventSource as unknown as typeof EventSource;
window.matchMedia ??= matchMedia;
window.scrollTo = () => undefined;
Element.prototype.scrollIntoView ??= () => undefined;

/** One tab alone: every lock is free. */
const locks = {
  request: <T>(_name: string, ...rest: unknown[]) => (rest.at(-1) as () => Promise<T>)(),
};
Object.assign(navigator, { locks: navigator.locks ?? locks });
