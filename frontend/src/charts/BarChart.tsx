import { AxisBottom } from '@visx/axis';
import { Group } from '@visx/group';
import { scaleBand, scaleLinear } from '@visx/scale';
import { Bar } from '@visx/shape';
import { max } from 'd3-array';
import { useState, type KeyboardEvent } from 'react';
import { cx } from '@/ui/cx';
import { useWidth } from './useWidth';

export interface BarPoint {
  readonly id: string;
  readonly label: string;
  /** For the length only; what is said of it is `text`. */
  readonly value: number;
  readonly text: string;
  /** Stands at the end of the bar. */
  readonly mark: string;
  /** Gathered from many: drawn in the colour of "Other". */
  readonly isRest: boolean;
}

interface BarChartProps {
  /** The finding, in a sentence: the chart's name. */
  finding: string;
  points: readonly BarPoint[];
  formatTick: (value: number) => string;
  /** A press on a bar, or Enter where the arrow keys are: opens what is behind it. */
  onChoose: (id: string) => void;
}

const rowHeight = 40;
/** A letter's usual width at this size, and the widest one's, in px: SVG text does not measure itself. */
const glyph = 6.9;
const wideGlyph = 10;
/** Between the end of a bar and its mark. */
const gap = 8;
/** Room for the figure of a tick, in px. */
const tickRoom = 96;
const axisHeight = 28;

/** Horizontal bars from zero, each labelled where it ends; arrow keys read them one by one. */
export function BarChart({ finding, points, formatTick, onChoose }: BarChartProps) {
  const [ref, width] = useWidth();
  const [active, setActive] = useState<number | null>(null);
  const longest = max(points, ({ label }) => label.length) ?? 0;
  const labelWidth = Math.min(longest * glyph + 20, width * 0.44);
  const markWidth = (max(points, ({ mark }) => mark.length) ?? 0) * wideGlyph + gap;
  const height = points.length * rowHeight;
  const y = scaleBand({ domain: points.map(({ id }) => id), range: [0, height], padding: 0.42 });
  const x = scaleLinear({
    domain: [0, max(points, ({ value }) => value) ?? 1],
    range: [0, Math.max(0, width - labelWidth - markWidth)],
  });
  // The same for the lines and for the figures under them.
  const ticks = x.ticks(Math.min(4, Math.max(1, Math.floor((width - labelWidth) / tickRoom))));
  const read = active === null ? undefined : points[active];

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && read) {
      event.preventDefault();
      onChoose(read.id);
      return;
    }
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const from = active ?? (step === 1 ? -1 : points.length);
    setActive(Math.min(points.length - 1, Math.max(0, from + step)));
  };

  return (
    <figure ref={ref} className="min-w-0">
      {width > 0 ? (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- a chart is read by arrow keys without being a control
        <svg
          role="img"
          aria-label={finding}
          tabIndex={0} // oxlint-disable-line jsx-a11y/no-noninteractive-tabindex -- read by keys
          width={width}
          height={height + axisHeight}
          className="block rounded-control"
          onKeyDown={onKeyDown}
          onBlur={() => setActive(null)}
        >
          <Group left={labelWidth}>
            {ticks.map((tick) => (
              <line
                key={tick}
                x1={x(tick)}
                x2={x(tick)}
                y2={height}
                className={tick === 0 ? 'stroke-line-strong' : 'stroke-line'}
              />
            ))}
            {points.map((point, at) => {
              const top = y(point.id) ?? 0;
              const length = Math.max(2, x(point.value));
              return (
                // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions -- the chart hears the keys of all its bars
                <g
                  key={point.id}
                  className="cursor-pointer"
                  onClick={() => onChoose(point.id)}
                  onPointerEnter={() => setActive(at)}
                  onPointerLeave={() => setActive(null)}
                >
                  <rect
                    x={-labelWidth}
                    y={top - rowHeight * 0.21}
                    width={width}
                    height={rowHeight}
                    className={active === at ? 'fill-hover' : 'fill-transparent'}
                    rx={6}
                  />
                  <BarLabel text={point.label} width={labelWidth} y={top + y.bandwidth() / 2} />
                  <Bar
                    x={0}
                    y={top}
                    width={length}
                    height={y.bandwidth()}
                    rx={3}
                    className={cx(
                      point.isRest ? 'fill-text-3' : 'fill-c1',
                      'forced-colors:fill-[CanvasText]',
                    )}
                  />
                  <text
                    x={length + gap}
                    y={top + y.bandwidth() / 2}
                    dominantBaseline="central"
                    className="fill-text-2 text-sm tabular-nums"
                  >
                    {point.mark}
                  </text>
                </g>
              );
            })}
            <AxisBottom
              top={height}
              scale={x}
              tickValues={ticks}
              hideAxisLine
              hideTicks
              tickFormat={(value) => formatTick(Number(value))}
              tickLabelProps={{
                className: 'fill-text-3 text-xs tabular-nums',
                textAnchor: 'middle',
                dy: 2,
              }}
            />
          </Group>
        </svg>
      ) : (
        <div style={{ height: height + axisHeight }} />
      )}
      <p role="status" className="sr-only">
        {read ? `${read.label}: ${read.text}` : ''}
      </p>
    </figure>
  );
}

/** Cut to its room with an ellipsis; the table beside has it in full. */
function BarLabel({ text, width, y }: { text: string; width: number; y: number }) {
  const fits = Math.floor((width - 12) / glyph);
  return (
    <text x={-12} y={y} textAnchor="end" dominantBaseline="central" className="fill-text text-sm">
      {text.length > fits ? `${text.slice(0, fits - 1).trimEnd()}…` : text}
      <title>{text}</title>
    </text>
  );
}
