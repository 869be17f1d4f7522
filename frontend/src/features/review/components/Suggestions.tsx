import { Trans, useLingui } from '@lingui/react/macro';
import { Check, Sparkles } from 'lucide-react';
import { useId } from 'react';
import { ToggleButton } from 'react-aria-components';
import type { Suggestion } from '@/api/generated/model';
import { useLocale } from '@/ui/locale';
import { formatConfidence, sourceOf } from '../words';

interface SuggestionsProps {
  suggestions: readonly Suggestion[];
  names: ReadonlyMap<string, string>;
  chosen: string;
  onChoose: (categoryId: string) => void;
}

/** The categories that are proposed, best first: who proposes each, and how sure it is. */
export function Suggestions({ suggestions, names, chosen, onChoose }: SuggestionsProps) {
  const { t, i18n } = useLingui();
  const { locale } = useLocale();
  const id = useId();
  const known = suggestions.filter(({ category_id: category }) => names.has(category)).slice(0, 4);
  if (known.length === 0) return null;
  return (
    <div role="group" aria-labelledby={id}>
      <p id={id} className="mb-1 flex items-center gap-1.5 text-sm text-text-3">
        <Sparkles aria-hidden className="size-4" />
        <Trans>Suggested categories</Trans>
      </p>
      <div className="flex flex-col gap-1">
        {known.map(({ category_id: category, confidence, source }) => {
          const named = sourceOf(source);
          const who = typeof named === 'string' ? named : i18n._(named);
          const sure = formatConfidence(confidence, locale);
          return (
            <ToggleButton
              key={category}
              isSelected={category === chosen}
              onChange={() => onChoose(category)}
              className="group flex min-h-9 items-center gap-2 rounded-control border border-line px-2.5 py-1 text-start text-md transition-colors hover:bg-hover data-selected:border-accent data-selected:bg-accent-soft coarse:min-h-11"
            >
              <span className="min-w-0 grow font-medium text-text group-data-selected:text-accent">
                {names.get(category)}
                <span className="sr-only">: </span>
              </span>
              <span className="shrink-0 text-sm text-text-2 tabular-nums">
                {t`${who}, ${sure} sure`}
              </span>
              <Check
                aria-hidden
                className="size-4 shrink-0 text-accent group-not-data-selected:invisible"
              />
            </ToggleButton>
          );
        })}
      </div>
    </div>
  );
}
