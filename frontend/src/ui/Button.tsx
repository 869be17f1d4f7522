import { createLink } from '@tanstack/react-router';
import { LoaderCircle } from 'lucide-react';
import type { ComponentProps, ReactNode, Ref } from 'react';
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from 'react-aria-components';
import { cx } from './cx';

type Variant = 'primary' | 'secondary' | 'quiet' | 'danger';
type Size = 'sm' | 'md' | 'lg';

const variants: Record<Variant, string> = {
  primary: 'bg-accent text-on-accent hover:bg-accent-hover shadow-card border border-transparent',
  secondary: 'bg-surface text-text border border-line-strong/60 hover:bg-hover shadow-card',
  quiet: 'text-text-2 hover:bg-hover hover:text-text border border-transparent',
  danger: 'text-neg border border-line-strong/60 bg-surface hover:bg-neg-soft',
};

const sizes: Record<Size, string> = {
  sm: 'h-8 px-2.5 text-sm gap-1.5 coarse:h-11',
  md: 'h-9 px-3.5 text-md gap-2 coarse:h-11',
  lg: 'h-11 px-5 text-md gap-2',
};

function classes(variant: Variant, size: Size, extra?: string): string {
  return cx(
    'inline-flex min-w-0 shrink-0 cursor-default items-center justify-center rounded-control text-center font-medium no-underline select-none',
    'transition-colors data-pressed:opacity-85 disabled:cursor-not-allowed disabled:opacity-50 forced-colors:border',
    variants[variant],
    sizes[size],
    extra,
  );
}

interface ButtonProps extends Omit<AriaButtonProps, 'className' | 'children'> {
  variant?: Variant;
  size?: Size;
  className?: string;
  children: ReactNode;
}

export function Button({
  variant = 'secondary',
  size = 'md',
  className,
  children,
  ...props
}: ButtonProps) {
  return (
    <AriaButton {...props} className={classes(variant, size, className)}>
      {props.isPending ? (
        <LoaderCircle aria-hidden className="size-4 animate-spin motion-reduce:animate-none" />
      ) : null}
      {children}
    </AriaButton>
  );
}

interface IconButtonProps extends Omit<AriaButtonProps, 'className' | 'children'> {
  /** The accessible name; an icon alone says nothing. */
  label: string;
  className?: string;
  children: ReactNode;
}

export function IconButton({ label, className, children, ...props }: IconButtonProps) {
  return (
    <AriaButton
      {...props}
      aria-label={label}
      className={cx(
        'inline-flex size-9 shrink-0 items-center justify-center rounded-control text-text-2 transition-colors hover:bg-hover hover:text-text disabled:opacity-40 coarse:size-11',
        className,
      )}
    >
      {children}
    </AriaButton>
  );
}

interface AnchorProps extends ComponentProps<'a'> {
  variant?: Variant;
  size?: Size;
  ref?: Ref<HTMLAnchorElement>;
}

function Anchor({
  variant = 'secondary',
  size = 'md',
  className,
  children,
  ...props
}: AnchorProps) {
  return (
    <a {...props} className={classes(variant, size, className)}>
      {children}
    </a>
  );
}

/** A route that looks like a button: it goes somewhere, so it stays a link. */
export const LinkButton = createLink(Anchor);
