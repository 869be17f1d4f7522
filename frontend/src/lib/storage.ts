/** localStorage that never throws: a browser may refuse it, and nothing here may depend on it. */
export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // refused or full: the choice lasts for this page only
  }
}

export function recall(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}
