import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

type Rgb = readonly [number, number, number];

/** OKLCH to linear sRGB, by the matrices of CSS Color 4. */
function linear(l: number, c: number, h: number): Rgb {
  const a = c * Math.cos((h * Math.PI) / 180);
  const b = c * Math.sin((h * Math.PI) / 180);
  const long = (l + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const medium = (l - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (l - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const clamp = (value: number) => Math.min(1, Math.max(0, value));
  return [
    clamp(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short),
    clamp(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short),
    clamp(-0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short),
  ];
}

const luminance = ([r, g, b]: Rgb) => 0.2126 * r + 0.7152 * g + 0.0722 * b;

function contrast(one: Rgb, other: Rgb): number {
  const [dark, light] = [luminance(one), luminance(other)].toSorted((x, y) => x - y) as [
    number,
    number,
  ];
  return (light + 0.05) / (dark + 0.05);
}

function palette(block: string): Map<string, Rgb> {
  const found = block.matchAll(/--([\w-]+):\s*oklch\(([\d.]+) ([\d.]+)(?: ([\d.]+))?\);/g);
  return new Map(
    Array.from(found, ([, name, l, c, h]) => [
      String(name),
      linear(Number(l), Number(c), Number(h ?? 0)),
    ]),
  );
}

const css = readFileSync('src/styles/tokens.css', 'utf8');
const [lightCss = '', darkCss = ''] = css.split(":root[data-theme='dark']");
const chart = ['c1', 'c2', 'c3', 'c4', 'c5', 'c6'];

describe.each([
  ['light', palette(lightCss), 4.785],
  ['dark', palette(darkCss), 5.58],
] as const)('%s', (_theme, colours, textFloor) => {
  const ratio = (one: string, other: string) => {
    const [first, second] = [colours.get(one), colours.get(other)];
    if (!first || !second) throw new Error(`no token ${one} or ${other}`);
    return contrast(first, second);
  };
  const grounds = ['page', 'surface', 'sunken', 'hover'];

  test.each(['text', 'text-2', 'text-3'])('%s is readable on every ground', (name) => {
    for (const ground of grounds) expect(ratio(name, ground)).toBeGreaterThanOrEqual(textFloor);
  });

  test.each(['pos', 'neg', 'warn'])('%s is readable on its soft ground and on hover', (name) => {
    expect(ratio(name, `${name}-soft`)).toBeGreaterThanOrEqual(5.155);
    expect(ratio(name, 'hover')).toBeGreaterThanOrEqual(5.155);
  });

  test('the accent carries its text', () => {
    expect(ratio('accent', 'on-accent')).toBeGreaterThanOrEqual(4.5);
    expect(ratio('accent-hover', 'on-accent')).toBeGreaterThanOrEqual(4.5);
    expect(ratio('accent', 'accent-soft')).toBeGreaterThanOrEqual(4.5);
  });

  test('borders of inputs and chart colours are seen', () => {
    for (const ground of ['page', 'surface', 'sunken']) {
      expect(ratio('line-strong', ground)).toBeGreaterThanOrEqual(3);
    }
    for (const name of chart) {
      expect(ratio(name, 'surface')).toBeGreaterThanOrEqual(3.06);
      expect(ratio(name, 'page')).toBeGreaterThanOrEqual(3.06);
    }
  });
});
