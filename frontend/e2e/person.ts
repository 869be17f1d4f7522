import { expect, type Page } from '@playwright/test';

export interface Person {
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

export function newPerson(): Person {
  return {
    name: 'Anna Berger',
    email: `anna.${crypto.randomUUID()}@example.com`,
    password: 'correct horse battery staple',
  };
}

export async function signUp(page: Page, person: Person): Promise<void> {
  await page.goto('/sign-up');
  await page.getByLabel('Name').fill(person.name);
  await page.getByLabel('Email').fill(person.email);
  await page.getByRole('textbox', { name: 'Password' }).fill(person.password);
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(page.getByRole('heading', { name: 'Your first account' })).toBeVisible();
}

export async function openFirstAccount(
  page: Page,
  balance: string,
  currency = 'EUR',
): Promise<void> {
  await page.getByLabel('Name').fill('Main account');
  await chooseCurrency(page, currency);
  await page.getByLabel('Balance today').fill(balance);
  await page.getByRole('button', { name: 'Open the account' }).click();
  await expect(page.getByRole('heading', { name: 'Overview', level: 1 })).toBeVisible();
}

async function chooseCurrency(page: Page, code: string): Promise<void> {
  await page.getByRole('combobox', { name: 'Currency' }).fill(code);
  await page
    .getByRole('option', { name: new RegExp(`^${code}`) })
    .first()
    .click();
}

/** Uploads a file and waits until its review is on the screen. */
export async function uploadAndOpen(page: Page, file: string): Promise<void> {
  await page.goto('/inbox');
  await page.getByTestId('files').setInputFiles(file);
  await page.getByRole('link', { name: 'Review' }).click({ timeout: 90_000 });
  await expect(page.getByRole('button', { name: 'Accept and book' })).toBeVisible();
}

/** Asks the gateway as the person who is signed in on the page, and gives its answer. */
export async function ask<T>(page: Page, method: string, path: string, body?: unknown): Promise<T> {
  const answer = await page.evaluate(
    async ([verb, url, text]) => {
      const csrf = /__Host-pfa_csrf=([^;]*)/.exec(document.cookie)?.[1] ?? '';
      const response = await fetch(`/api/v1${url}`, {
        method: verb ?? 'GET',
        headers: {
          'Content-Type': 'application/json',
          'Idempotency-Key': crypto.randomUUID(),
          'X-Session': 'cookie',
          'X-CSRF-Token': csrf,
        },
        ...(text ? { body: text } : {}),
      });
      return { status: response.status, text: await response.text() };
    },
    [method, path, body === undefined ? '' : JSON.stringify(body)],
  );
  expect(answer.status, `${method} ${path}: ${answer.text}`).toBeLessThan(300);
  return (answer.text ? JSON.parse(answer.text) : undefined) as T;
}
