import { render, screen, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { beforeEach, expect, test, vi } from 'vitest';
import { formatAxis } from '@/lib/money/format';
import { BarChart, type BarPoint } from './BarChart';

let width = 600;

beforeEach(() => {
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockImplementation(() => width);
});

const point = (id: string, value: number, mark: string): BarPoint => ({
  id,
  label: id,
  value,
  text: `${value} · ${mark}`,
  mark,
  isRest: id === 'other',
});

function draw(points: BarPoint[], onChoose = vi.fn<(id: string) => void>()) {
  const { unmount } = render(
    <BarChart
      finding="Spending"
      points={points}
      formatTick={(value) => formatAxis(value, 'EUR', 'de-DE', 'code')}
      onChoose={onChoose}
    />,
  );
  return { chart: screen.getByRole('img', { name: 'Spending' }), onChoose, unmount };
}

const numbers = (elements: Iterable<Element>, attribute: string) =>
  Array.from(elements, (element) => Number(element.getAttribute(attribute)));

test.each([280, 340, 420, 600, 900])('at %i px every line has its figure under it', (wide) => {
  width = wide;
  for (const largest of [7, 950, 1650, 24_000, 1_234_567]) {
    const { chart, unmount } = draw([point('Rent', largest, '80 %')]);
    const lines = numbers(chart.querySelectorAll('line'), 'x1');
    const figures = numbers(chart.querySelectorAll('.visx-axis-tick text'), 'x');
    expect(lines.length).toBeGreaterThan(1);
    expect(figures).toEqual(lines);
    unmount();
  }
});

test.each([280, 340, 600])('at %i px the mark of a bar that is all of it fits', (wide) => {
  width = wide;
  const { chart } = draw([point('Haushalt und Lebensmittel', 100, '100 %')]);
  const mark = within(chart).getByText('100 %');
  const [left = 0] = /\d+(\.\d+)?/
    .exec(chart.querySelector('g')?.getAttribute('transform') ?? '')
    ?.map(Number) ?? [0];
  // 8.5 px is more than any figure of this size takes.
  expect(left + Number(mark.getAttribute('x')) + '100 %'.length * 8.5).toBeLessThanOrEqual(wide);
});

test('a bar is opened by a press, and by Enter where the arrow keys are', async () => {
  const user = userEvent.setup();
  const { chart, onChoose } = draw([point('Rent', 80, '80 %'), point('other', 20, '20 %')]);
  await user.click(within(chart).getByText('20 %'));
  expect(onChoose).toHaveBeenLastCalledWith('other');
  chart.focus();
  await user.keyboard('{ArrowUp}');
  expect(screen.getByRole('status')).toHaveTextContent('Rent: 80 · 80 %');
  await user.keyboard('{Enter}');
  expect(onChoose).toHaveBeenLastCalledWith('Rent');
});
