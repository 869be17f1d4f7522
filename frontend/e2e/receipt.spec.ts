import { expect, test, type Page } from '@playwright/test';
import { formatMoney } from '../src/lib/money/format';
import { money } from '../src/lib/money/money';
import { newPerson, openFirstAccount, signUp, uploadAndOpen } from './person';

const receipt = process.env.RECEIPT_FILE;
/** What the receipt is printed in; the first account is opened in it. */
const currency = process.env.RECEIPT_CURRENCY ?? 'USD';
const shots = process.env.E2E_SHOTS ?? 'e2e/out/shots';
const shown = (amount: string) => formatMoney(money(amount, currency), 'en-GB');

test('from signing up to a receipt in the books', async ({ page }) => {
  test.skip(!receipt, 'RECEIPT_FILE names the receipt to upload');
  const complaints = listenForComplaints(page);

  await signUp(page, newPerson());
  await openFirstAccount(page, '1000', currency);
  await expect(page.getByRole('link', { name: /^Main account/ })).toContainText(shown('1000.00'));

  await uploadAndOpen(page, receipt ?? '');
  await expect(page.getByRole('img', { name: 'Page 1 of the document' })).toBeVisible();

  // A box leads to its field.
  await page.getByRole('button', { name: /^Amount: / }).click();
  const amount = page.getByRole('textbox', { name: 'Amount' });
  await expect(amount).toBeFocused();
  const total = await amount.inputValue();
  await page.screenshot({ path: `${shots}/story-review.png` });

  await page.getByRole('textbox', { name: 'Payee' }).fill('Corner shop');
  await chooseCategory(page);
  await page.getByRole('button', { name: 'Accept and book' }).click();
  await page.getByRole('link', { name: 'Show the transaction' }).click();

  await expect(page.getByRole('heading', { name: 'Transaction', exact: true })).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Amount' })).toHaveValue(total);
  const row = page.getByRole('row', { name: /Corner shop/ });
  await expect(row).toContainText(shown(`-${total}`));
  await page.screenshot({ path: `${shots}/story-booked.png` });

  // The balance is what the ledger says: the opening minus the receipt, to the last unit.
  await page.goto('/');
  const left = money('1000.00', currency).minor - money(total, currency).minor;
  await expect(page.getByRole('link', { name: /^Main account/ })).toContainText(
    formatMoney({ minor: left, currency }, 'en-GB'),
  );
  await expect(page.getByRole('link', { name: /^Corner shop/ })).toContainText(shown(`-${total}`));
  await page.screenshot({ path: `${shots}/story-overview.png`, fullPage: true });
  expect(complaints).toEqual([]);
});

/** What the content security policy refuses, and what throws. */
function listenForComplaints(page: Page): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (/security policy|trusted ?types/i.test(message.text())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  return complaints;
}

/** Keeps what is suggested; where nothing is, picks one. */
async function chooseCategory(page: Page): Promise<void> {
  const category = page.getByRole('combobox', { name: 'Category' });
  if ((await category.inputValue()) !== '') return;
  await category.fill('Groceries');
  await page.getByRole('option', { name: 'Groceries' }).click();
}
