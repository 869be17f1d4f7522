import { defineConfig } from '@playwright/test';
import { launchOptions } from './e2e/browser';

/** Against a running stack: BASE_URL says where it is, RECEIPT_FILE which receipt is uploaded. */
export default defineConfig({
  testDir: 'e2e',
  outputDir: process.env.E2E_OUT ?? 'e2e/out',
  timeout: 180_000,
  expect: { timeout: 15_000 },
  fullyParallel: false,
  workers: 1,
  reporter: [['list']],
  use: {
    baseURL: process.env.BASE_URL ?? 'http://localhost:5173',
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    launchOptions: await launchOptions(),
    trace: 'retain-on-failure',
  },
});
