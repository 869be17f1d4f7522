import { expect, test } from '@playwright/test';
import { newPerson, openFirstAccount, signUp } from './person';

const statement = process.env.STATEMENT_FILE;
const currency = process.env.STATEMENT_CURRENCY ?? 'USD';
const shots = process.env.E2E_SHOTS ?? 'e2e/out/shots';

test('a bank statement is accepted in one act, by keyboard alone', async ({ page }) => {
  test.skip(!statement, 'STATEMENT_FILE names the statement to upload');
  await signUp(page, newPerson());
  await openFirstAccount(page, '0', currency);
  await page.goto('/inbox');
  await page.getByTestId('files').setInputFiles(statement ?? '');
  await page.getByRole('link', { name: 'Review' }).press('Enter', { timeout: 90_000 });

  const all = page.getByRole('button', { name: /^Accept all \d+ entries$/ });
  await expect(all).toBeVisible();
  const count = Number(/\d+/.exec((await all.textContent()) ?? '')?.[0]);
  await page.screenshot({ path: `${shots}/story-statement.png` });
  await all.press('Enter');
  await expect(page.getByRole('heading', { name: 'All decided' })).toBeFocused({ timeout: 60_000 });
  await expect(page.getByText(`${count} entries are booked.`)).toBeVisible();

  // Every line is in the books, and the grid is walked by its keys.
  await page.goto('/transactions');
  const grid = page.getByRole('grid', { name: 'Transactions' });
  await expect(grid).toBeVisible();
  await grid.getByRole('row').nth(2).focus();
  await page.keyboard.press('j');
  await expect(grid.getByRole('row').nth(3)).toBeFocused();
  await page.keyboard.press('k');
  await expect(grid.getByRole('row').nth(2)).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Transaction', exact: true })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('heading', { name: 'Transaction', exact: true })).toBeHidden();
  await expect(grid.getByRole('row').nth(2)).toBeFocused();
});
