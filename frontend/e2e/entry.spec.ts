import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import type { Account, CategoryList, Transaction } from '../src/api/generated/model';
import { ask, newPerson, openFirstAccount, signUp } from './person';

const shots = process.env.E2E_SHOTS ?? 'e2e/out/shots';

/** One person and one book for all: signing up is the slow part. */
let page: Page;
let account: Account;

test.beforeAll(async ({ browser }) => {
  // A context of its own: axe refuses a page without one.
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  page = await context.newPage();
  await signUp(page, newPerson());
  await openFirstAccount(page, '1000', 'USD');
  const { items } = await ask<{ items: Account[] }>(page, 'GET', '/accounts');
  account = items[0] as Account;
});

test.afterAll(() => page.context().close());

const read = ({ id }: Pick<Transaction, 'id'>) =>
  ask<Transaction>(page, 'GET', `/transactions/${id}`);

async function twoCategories(): Promise<[string, string]> {
  const { items } = await ask<CategoryList>(page, 'GET', '/categories');
  const leaves = items.filter(({ kind, parent_id: parent }) => kind === 'expense' && parent);
  return [leaves[0]?.id ?? '', leaves[1]?.id ?? ''];
}

/** A purchase that has everything an undo could lose. */
async function book(payee: string, more: object = {}): Promise<Transaction> {
  const [food, home] = await twoCategories();
  return await ask<Transaction>(page, 'POST', '/transactions', {
    account_id: account.id,
    date: '2026-11-20',
    amount: '-12.50',
    payee,
    description: 'for two',
    tags: ['shared'],
    status: 'pending',
    splits: [
      { amount: '-10.00', category_id: food, memo: 'bread' },
      { amount: '-2.50', category_id: home, memo: '' },
    ],
    ...more,
  });
}

const row = (name: string) => page.getByRole('row', { name: new RegExp(name) });
const field = (name: string) => page.getByRole('textbox', { name });
const button = (name: string) => page.getByRole('button', { name });

async function open({ id }: Transaction): Promise<void> {
  await page.goto(`/transactions/${id}`);
  await expect(button('Save')).toBeVisible();
}

const expectClosed = () =>
  expect(page.getByRole('heading', { name: 'Transaction', exact: true })).toBeHidden();

test('undo of a delete brings back the entry itself: id, splits, status, links', async () => {
  const before = await book('Bakery');
  await open(before);
  await button('Delete').click();
  await expectClosed();
  await expect(row('Bakery')).toBeHidden();
  await button('Undo').click();
  await expect(page.getByText('Restored: Bakery')).toBeVisible();
  await expect(row('Bakery')).toBeVisible();
  const passing = { version: 0, updated_at: '', entry_id: '', operation_id: '' };
  expect({ ...(await read(before)), ...passing }).toEqual({ ...before, ...passing });
});

test('a divided entry says why its amount cannot be changed, and its payee can', async () => {
  const entry = await book('Market');
  await open(entry);
  await field('Amount').fill('13');
  await button('Save').click();
  await expect(page.getByRole('alert')).toContainText('Splits');
  await expect(page.getByRole('alert')).toBeFocused();
  await page.screenshot({ path: `${shots}/entry-refused.png` });
  await field('Amount').fill('12.50');
  await field('Payee').fill('Corner shop');
  await button('Save').click();
  await expect(page.getByText('Saved: Corner shop')).toBeVisible();
  expect(await read(entry)).toMatchObject({ payee: 'Corner shop', splits: entry.splits });
});

test('a category that is cleared is gone; every save says so', async () => {
  const [food] = await twoCategories();
  const entry = await book('Kiosk', { splits: [], category_id: food });
  for (let time = 1; time <= 3; time += 1) {
    await open(entry);
    await field('Note').fill(`note ${time}`);
    if (time === 3) {
      await page.getByRole('combobox', { name: 'Category' }).fill('');
      await page.keyboard.press('Tab');
    }
    await button('Save').click();
    await expect(page.getByText('Saved: Kiosk')).toBeVisible();
    await expectClosed();
  }
  expect(await read(entry)).toMatchObject({ category_id: null, description: 'note 3' });
});

test('what is typed is kept: Escape closes a list first, and leaving asks', async () => {
  const [food] = await twoCategories();
  const entry = await book('Bookshop', { splits: [], category_id: food });
  await book('Other shop');
  await open(entry);
  await field('Payee').fill('Typed');
  await page.getByRole('combobox', { name: 'Category' }).click();
  await expect(page.getByRole('listbox')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('listbox')).toBeHidden();
  await expect(field('Payee')).toHaveValue('Typed');

  const question = page.getByRole('alertdialog', { name: 'Discard your changes?' });
  await row('Other shop').click();
  await expect(question).toBeVisible();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await page.screenshot({ path: `${shots}/entry-unsaved.png` });
  await page.keyboard.press('Escape');
  await expect(field('Payee')).toHaveValue('Typed');
  await page.getByRole('link', { name: 'Accounts', exact: true }).first().click();
  await button('Keep editing').click();
  await expect(field('Payee')).toHaveValue('Typed');
  await row('Other shop').click();
  await button('Discard').click();
  await expect(field('Payee')).toHaveValue('Other shop');
});

test('two dollars of one book are told apart, and a closed account keeps its entries', async () => {
  const cad = await ask<Account>(page, 'POST', '/accounts', {
    name: 'Maple bank',
    type: 'checking',
    currency: 'CAD',
  });
  const entry = await book('Diner', { account_id: cad.id, splits: [] });
  await book('Wages', { account_id: cad.id, splits: [], amount: '12.50' });
  await book('Florist');
  await ask(page, 'DELETE', `/accounts/${cad.id}`);
  await page.goto('/transactions');
  await expect(row('Diner')).toContainText('−CAD 12.50');
  await expect(row('Florist')).toContainText('−USD 12.50');
  await page.screenshot({ path: `${shots}/entry-currencies.png` });
  await open(entry);
  await expect(page.getByRole('button', { name: /^Maple bank \(closed\)/ })).toBeVisible();
  await page.goto(`/transactions?account_id=${cad.id}`);
  await expect(page.getByRole('button', { name: /Remove the filter Maple bank/ })).toBeVisible();
});

test('in German, an entry of three decimals is saved as it was', async ({ browser }) => {
  const dinar = await ask<Account>(page, 'POST', '/accounts', {
    name: 'Dinar',
    type: 'cash',
    currency: 'KWD',
  });
  const entry = await book('Souk', { account_id: dinar.id, amount: '-1.500', splits: [] });
  const german = await browser.newContext({
    locale: 'de-DE',
    storageState: await page.context().storageState(),
  });
  const seite = await german.newPage();
  await seite.goto(`/transactions/${entry.id}`);
  await expect(seite.getByRole('textbox', { name: 'Betrag' })).toHaveValue('1,500');
  await seite.getByRole('textbox', { name: 'Empfänger' }).fill('Basar');
  await seite.getByRole('button', { name: 'Speichern' }).click();
  await expect(seite.getByText('Gespeichert: Basar')).toBeVisible();
  await german.close();
  expect(await read(entry)).toMatchObject({ amount: '-1.500', payee: 'Basar' });
});
