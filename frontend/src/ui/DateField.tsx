import { parseDate, type CalendarDate } from '@internationalized/date';
import { useLingui } from '@lingui/react/macro';
import { CalendarDays, ChevronLeft, ChevronRight } from 'lucide-react';
import {
  Button,
  Calendar,
  CalendarCell,
  CalendarGrid,
  CalendarGridBody,
  CalendarGridHeader,
  CalendarHeaderCell,
  DateInput,
  DatePicker,
  DateSegment,
  Dialog,
  Group,
  Heading,
} from 'react-aria-components';
import type { Day } from '@/lib/dates';
import { cx } from './cx';
import { FieldError, Hint, Label, type FieldProps } from './Field';
import { Popover } from './Popover';

interface DateFieldProps extends FieldProps {
  value: Day | null;
  onChange: (day: Day | null) => void;
  onFocus?: () => void;
  className?: string;
}

/** A calendar date: typed in the order of the locale, or picked. */
export function DateField({
  label,
  description,
  error,
  value,
  onChange,
  onFocus,
  className,
}: DateFieldProps) {
  const { t } = useLingui();
  return (
    <DatePicker<CalendarDate>
      value={value ? parseDate(value) : null}
      onChange={(date) => onChange(date ? date.toString() : null)}
      isInvalid={error !== undefined}
      validationBehavior="aria"
      shouldForceLeadingZeros
      {...(onFocus ? { onFocus } : {})}
      className={cx('flex min-w-0 flex-col gap-1.5', className)}
    >
      <Label>{label}</Label>
      <Group className="flex h-10 items-center rounded-control border border-line-strong bg-surface transition-colors hover:border-text-3 data-focus-within:outline-2 data-focus-within:outline-offset-2 data-focus-within:outline-focus data-invalid:border-neg coarse:h-11">
        <DateInput className="flex min-w-0 grow items-center ps-2.5 text-base tabular-nums sm:text-md coarse:text-base">
          {(segment) => (
            <DateSegment
              segment={segment}
              className="rounded-chip px-0.5 text-text caret-transparent outline-none data-focused:bg-accent data-focused:text-on-accent data-placeholder:text-text-3 data-focused:data-placeholder:text-on-accent data-[type=literal]:px-0 data-[type=literal]:text-text-3"
            />
          )}
        </DateInput>
        <Button
          aria-label={t`Open the calendar`}
          className="grid h-full w-9 shrink-0 place-items-center rounded-control text-text-3 hover:text-text"
        >
          <CalendarDays aria-hidden className="size-4" />
        </Button>
      </Group>
      {description ? <Hint>{description}</Hint> : null}
      <FieldError>{error}</FieldError>
      <Popover className="p-3">
        <Dialog aria-label={label} className="outline-none">
          <Month />
        </Dialog>
      </Popover>
    </DatePicker>
  );
}

function Month() {
  const step =
    'grid size-9 place-items-center rounded-control text-text-2 hover:bg-hover hover:text-text disabled:opacity-40 coarse:size-11';
  return (
    <Calendar>
      <header className="mb-2 flex items-center justify-between">
        <Button slot="previous" className={step}>
          <ChevronLeft aria-hidden className="size-4 rtl:-scale-x-100" />
        </Button>
        <Heading className="text-md font-semibold" />
        <Button slot="next" className={step}>
          <ChevronRight aria-hidden className="size-4 rtl:-scale-x-100" />
        </Button>
      </header>
      <CalendarGrid className="border-separate border-spacing-0.5">
        <CalendarGridHeader>
          {(day) => (
            <CalendarHeaderCell className="size-9 text-xs font-medium text-text-3">
              {day}
            </CalendarHeaderCell>
          )}
        </CalendarGridHeader>
        <CalendarGridBody>
          {(date) => (
            <CalendarCell
              date={date}
              className="grid size-9 cursor-default place-items-center rounded-control text-md tabular-nums outline-none data-disabled:text-text-3 data-focus-visible:outline-2 data-focus-visible:outline-offset-2 data-focus-visible:outline-focus data-hovered:bg-hover data-outside-month:hidden data-selected:bg-accent data-selected:text-on-accent coarse:size-10"
            />
          )}
        </CalendarGridBody>
      </CalendarGrid>
    </Calendar>
  );
}
