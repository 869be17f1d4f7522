import { useSyncExternalStore } from 'react';
import { recall, remember } from '@/lib/storage';

export type Theme = 'system' | 'light' | 'dark';

const key = 'pfa.theme'; // read before the first paint by public/theme.js
const system = matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();

function current(): Theme {
  const chosen = recall(key);
  return chosen === 'light' || chosen === 'dark' ? chosen : 'system';
}

function show(): void {
  const theme = current();
  const isDark = theme === 'dark' || (theme === 'system' && system.matches);
  document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
  for (const listener of listeners) listener();
}

system.addEventListener('change', show);

export function chooseTheme(theme: Theme): void {
  remember(key, theme);
  show();
}

export function useTheme(): Theme {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, current);
}
