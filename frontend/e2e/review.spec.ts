import { readFileSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { newPerson, openFirstAccount, signUp, uploadAndOpen } from './person';

const receipt = process.env.RECEIPT_FILE;
const statement = process.env.STATEMENT_FILE;
const currency = process.env.RECEIPT_CURRENCY ?? 'USD';
const shots = process.env.E2E_SHOTS ?? 'e2e/out/shots';

/** Zero findings of axe in both themes, no sideways scroll at any width, and a picture of each. */
async function isSound(page: Page, name: string): Promise<void> {
  // An announcement names the button that was pressed, which has gone by now, for some seconds.
  await expect(page.locator('[role=log] [role=img]')).toHaveCount(0);
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme });
    for (const width of [390, 768, 1440]) {
      await page.setViewportSize({ width, height: width === 390 ? 844 : 900 });
      const over = await page.evaluate(
        () => document.documentElement.scrollWidth - window.innerWidth,
      );
      expect(over, `${name} scrolls sideways at ${width}`).toBeLessThanOrEqual(0);
      await page.screenshot({ path: `${shots}/${name}-${width}-${theme}.png` });
    }
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => `${name}: ${id}: ${nodes[0]?.html}`)).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

test('a second photo of a booked receipt is attached to it, then the next document opens', async ({
  page,
}) => {
  test.skip(!receipt || !statement, 'RECEIPT_FILE and STATEMENT_FILE name what is uploaded');
  test.slow(); // three documents are read
  await signUp(page, newPerson());
  await openFirstAccount(page, '1000', currency);
  await uploadAndOpen(page, receipt ?? '');
  await isSound(page, 'review-suggested');
  await page.getByRole('textbox', { name: 'Payee' }).fill('Corner shop');
  await page.getByRole('button', { name: 'Accept and book' }).click();
  await expect(page.getByRole('heading', { name: 'Booked', exact: true })).toBeFocused();

  // The statement waits behind the photo.
  await page.goto('/inbox');
  await page.getByTestId('files').setInputFiles(statement ?? '');
  await expect(page.getByRole('link', { name: 'Review' })).toHaveCount(1, { timeout: 90_000 });
  const again = Buffer.concat([readFileSync(receipt ?? ''), Buffer.from('\0again')]);
  await page
    .getByTestId('files')
    .setInputFiles({ name: 'again.jpg', mimeType: 'image/jpeg', buffer: again });
  const rows = page.getByRole('listitem').filter({ hasText: 'again.jpg' });
  await rows.getByRole('link', { name: 'Review' }).click({ timeout: 90_000 });

  const question = page.getByRole('heading', { name: /^Already booked on/ });
  await expect(question).toBeVisible();
  await expect(page.getByRole('button', { name: 'Accept and book' })).toBeHidden();
  await isSound(page, 'review-already-booked');
  await page.getByRole('textbox', { name: 'Payee' }).press('Enter');
  await expect(question).toBeFocused();
  await page.getByRole('button', { name: 'Attach the picture to it' }).click();

  await expect(page.getByText('Attached: Corner shop')).toBeVisible();
  await expect(page.getByRole('heading', { level: 1, name: 'statement.ofx' })).toBeFocused();
  await isSound(page, 'review-statement');

  await page.goto('/transactions?q=corner');
  await expect(page.getByText('1 transaction', { exact: true })).toHaveCount(1);
  await page.goto('/inbox');
  await expect(page.getByRole('link', { name: /^again\.jpg/ })).toContainText('Booked');
});

test('a rejected document is not said to be booked', async ({ page }) => {
  test.skip(!receipt, 'RECEIPT_FILE names the receipt to upload');
  await signUp(page, newPerson());
  await openFirstAccount(page, '1000', currency);
  await uploadAndOpen(page, receipt ?? '');
  await page.getByRole('button', { name: 'Reject' }).click();
  await expect(page.getByRole('heading', { name: 'Rejected', exact: true })).toBeFocused();
  await isSound(page, 'review-rejected');
  await page.goto('/inbox');
  await expect(page.getByRole('link', { name: /^receipt\.jpg/ })).toContainText('Rejected');
  await expect(page.getByText('Booked', { exact: true })).toHaveCount(0);
});

test('a search that is not understood keeps the list', async ({ page }) => {
  await signUp(page, newPerson());
  await openFirstAccount(page, '1000', currency);
  await page.goto('/transactions');
  const row = page.getByRole('row', { name: /Opening balance/ });
  await expect(row).toBeVisible();
  const field = page.getByRole('searchbox', { name: 'Search transactions' });
  await field.pressSequentially('acount:', { delay: 30 });
  await expect(page.getByText('Character 8: Something is missing here.')).toBeVisible();
  await field.pressSequentially('main', { delay: 30 });
  await expect(page.getByText(/^Character 1: There is no key “acount”/)).toBeVisible();
  await expect(row).toBeVisible();
  await isSound(page, 'search-fault');
});
