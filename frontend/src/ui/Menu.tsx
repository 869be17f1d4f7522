import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { Menu as AriaMenu, MenuItem, MenuTrigger, type PopoverProps } from 'react-aria-components';
import { option, Popover } from './Popover';

interface Act {
  readonly id: string;
  readonly label: string;
  readonly icon?: LucideIcon;
  readonly run: () => void;
}

interface MenuProps {
  label: string;
  /** The button that opens it. */
  children: ReactNode;
  acts: readonly Act[];
  placement?: PopoverProps['placement'];
  defaultOpen?: boolean;
}

export function Menu({
  label,
  children,
  acts,
  placement = 'bottom end',
  defaultOpen = false,
}: MenuProps) {
  return (
    <MenuTrigger defaultOpen={defaultOpen}>
      {children}
      <Popover placement={placement} className="min-w-52">
        <AriaMenu aria-label={label} className="outline-none">
          {acts.map(({ id, label: name, icon: Icon, run }) => (
            <MenuItem key={id} id={id} textValue={name} onAction={run} className={option}>
              {Icon ? <Icon aria-hidden className="size-4 text-text-3" /> : null}
              {name}
            </MenuItem>
          ))}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}
