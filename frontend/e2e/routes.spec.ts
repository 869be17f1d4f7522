import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { newPerson, openFirstAccount, signUp, uploadAndOpen, type Person } from './person';

const shots = process.env.E2E_SHOTS ?? 'e2e/out/shots';
const open = ['/sign-in', '/sign-up'];
const inside = [
  '/',
  '/transactions',
  '/transactions/new',
  '/accounts',
  '/accounts/new',
  '/inbox',
  '/not-a-page',
  '/welcome',
];
const widths = [390, 768, 1440];

let person: Person;
/** Pages of one thing, known once it is made: name and path. */
const entries: [string, string][] = [];

test.beforeAll(async ({ browser }) => {
  person = newPerson();
  const page = await browser.newPage();
  await signUp(page, person);
  await openFirstAccount(page, '2500.50');
  await page.goto('/transactions/new');
  await page.getByRole('textbox', { name: 'Amount' }).fill('12+3,50');
  await page.getByRole('textbox', { name: 'Payee' }).fill('Café Central');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('row', { name: /Café Central/ })).toContainText('−€15.50');
  await page.getByRole('row', { name: /Café Central/ }).click();
  await expect(page.getByRole('button', { name: 'Delete' })).toBeVisible();
  entries.push(['transaction', new URL(page.url()).pathname]);
  if (process.env.RECEIPT_FILE) {
    await uploadAndOpen(page, process.env.RECEIPT_FILE);
    entries.push(['review', new URL(page.url()).pathname]);
  }
  await page.close();
});

async function signIn(page: Page): Promise<void> {
  await page.goto('/sign-in');
  await page.getByLabel('Email').fill(person.email);
  await page.getByRole('textbox', { name: 'Password' }).fill(person.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { name: 'Overview', level: 1 })).toBeVisible();
}

const nameOf = (path: string) => path.slice(1).replaceAll('/', '_') || 'overview';

async function settled(page: Page): Promise<void> {
  await expect(page.getByRole('heading').first()).toBeVisible();
  await expect(page.locator('.late')).toHaveCount(0);
  await page.evaluate(() => document.fonts.ready);
}

for (const theme of ['light', 'dark'] as const) {
  test(`${theme}: every page passes axe, fits its width and is photographed`, async ({
    browser,
  }) => {
    const context = await browser.newContext({ colorScheme: theme });
    const page = await context.newPage();
    const found: string[] = [];
    const visit = async (path: string, name = nameOf(path)) => {
      await page.setViewportSize({ width: 1440, height: 900 });
      await page.goto(path);
      await settled(page);
      const { violations } = await new AxeBuilder({ page }).analyze();
      found.push(...violations.map(({ id, nodes }) => `${path}: ${id}: ${nodes[0]?.html}`));
      for (const width of widths) {
        await page.setViewportSize({ width, height: width === 390 ? 844 : 900 });
        await settled(page);
        const over = await page.evaluate(
          () => document.documentElement.scrollWidth - window.innerWidth,
        );
        if (over > 0) found.push(`${path}: scrolls sideways at ${width}`);
        await page.screenshot({ path: `${shots}/${name}-${width}-${theme}.png` });
      }
    };
    for (const path of open) await visit(path);
    await signIn(page);
    for (const path of inside) await visit(path);
    for (const [name, path] of entries) await visit(path, name);
    expect(found).toEqual([]);
    await context.close();
  });
}
