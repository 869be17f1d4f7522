import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { LaunchOptions } from '@playwright/test';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'chrome'];

/** Arguments of the carried Chromium that crash it or switch off what is tested here. */
const unwanted = new Set(['--single-process', '--no-zygote', '--disable-web-security']);

/** CHROMIUM, else one on the PATH, else the one that comes as an npm package with its libraries. */
export async function launchOptions(): Promise<LaunchOptions> {
  const installed = process.env.CHROMIUM ?? onPath();
  if (installed) return { executablePath: installed, args: ['--no-sandbox'] };
  // The package unpacks its libraries only where it thinks that it runs in a Lambda.
  process.env.AWS_EXECUTION_ENV ??= 'AWS_Lambda_nodejs22.x';
  const { default: carried } = await import('@sparticuz/chromium');
  return {
    executablePath: await carried.executablePath(),
    args: carried.args.filter((argument) => !unwanted.has(argument)),
  };
}

function onPath(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((file) => existsSync(file));
}
