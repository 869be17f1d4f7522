import { createLink } from '@tanstack/react-router';
import type { ComponentProps } from 'react';
import { cx } from './cx';

function Anchor({ className, children, ...props }: ComponentProps<'a'>) {
  return (
    <a
      {...props}
      className={cx(
        'rounded-chip font-medium text-accent underline-offset-2 hover:text-accent-hover hover:underline',
        className,
      )}
    >
      {children}
    </a>
  );
}

export const TextLink = createLink(Anchor);
