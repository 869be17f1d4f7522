import { useLingui } from '@lingui/react/macro';
import { Sparkles } from 'lucide-react';
import { ToggleButton } from 'react-aria-components';
import type { Suggestion } from '@/api/generated/model';

interface SuggestionsProps {
  suggestions: readonly Suggestion[];
  names: ReadonlyMap<string, string>;
  chosen: string;
  onChoose: (categoryId: string) => void;
}

/** The categories the assistant thinks likely, best first, each one press away. */
export function Suggestions({ suggestions, names, chosen, onChoose }: SuggestionsProps) {
  const { t } = useLingui();
  const known = suggestions.filter(({ category_id: id }) => names.has(id)).slice(0, 4);
  if (known.length === 0) return null;
  return (
    <div
      role="group"
      aria-label={t`Suggested categories`}
      className="flex flex-wrap items-center gap-1.5"
    >
      <Sparkles aria-hidden className="me-0.5 size-4 text-text-3" />
      {known.map(({ category_id: id }) => (
        <ToggleButton
          key={id}
          isSelected={id === chosen}
          onChange={() => onChoose(id)}
          className="h-8 rounded-control border border-line px-2.5 text-sm font-medium text-text-2 transition-colors hover:bg-hover data-selected:border-accent data-selected:bg-accent-soft data-selected:text-accent forced-colors:data-selected:underline coarse:h-11 coarse:px-3.5"
        >
          {names.get(id)}
        </ToggleButton>
      ))}
    </div>
  );
}
