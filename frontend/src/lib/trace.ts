function hex(bytes: number): string {
  const random = crypto.getRandomValues(new Uint8Array(bytes));
  return Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A new W3C trace context (version 00, sampled): the request begins a trace of its own. */
export function traceparent(): string {
  return `00-${hex(16)}-${hex(8)}-01`;
}
