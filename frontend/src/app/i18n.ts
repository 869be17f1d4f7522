import { i18n } from '@lingui/core';
import { messages as english } from '@/locales/en.po';
import { recall, remember } from '@/lib/storage';

export const languages = ['en', 'de'] as const;
export type Language = (typeof languages)[number];

const choice = 'pfa.language';

const isLanguage = (tag: string | null): tag is Language => languages.some((one) => one === tag);

/** The language chosen here, else the first of the browser's that there is, else English. */
export function preferredLanguage(): Language {
  const chosen = recall(choice);
  if (isLanguage(chosen)) return chosen;
  const spoken = navigator.languages.map((tag) => tag.split('-')[0] ?? '');
  return spoken.find((tag): tag is Language => isLanguage(tag)) ?? 'en';
}

/** Numbers and dates as in the person's region, where the browser speaks the same language. */
export function regionalLocale(language: Language): string {
  const regional = navigator.languages.find((tag) => tag.startsWith(`${language}-`));
  return regional ?? language;
}

export async function speak(language: Language): Promise<void> {
  const messages = language === 'en' ? english : (await import('@/locales/de.po')).messages;
  i18n.load(language, messages);
  i18n.activate(language, [regionalLocale(language)]);
  document.documentElement.lang = language;
}

export async function choose(language: Language): Promise<void> {
  remember(choice, language);
  await speak(language);
}
