import { useLingui } from '@lingui/react/macro';
import type { Draft } from '@/api/generated/model';
import { Combobox, type ChoiceGroup } from '@/ui/Combobox';
import { Suggestions } from './Suggestions';

interface CategoryFieldProps {
  draft: Draft;
  categories: readonly ChoiceGroup[];
  names: ReadonlyMap<string, string>;
  value: string;
  onChange: (categoryId: string) => void;
  error: string | undefined;
}

/** The category, with what is proposed for it. Only a sure proposal is filled in, and it says so. */
export function CategoryField({
  draft,
  categories,
  names,
  value,
  onChange,
  error,
}: CategoryFieldProps) {
  const { t } = useLingui();
  const isFilledIn = !draft.category_chosen && draft.category_id !== null;
  return (
    <div className="flex flex-col gap-2">
      <Combobox
        label={t`Category`}
        placeholder={t`Choose or type`}
        groups={categories}
        value={value || null}
        onChange={(id) => onChange(id ?? '')}
        description={
          isFilledIn && value === draft.category_id
            ? t`Filled in by the first suggestion. Accepting confirms it.`
            : undefined
        }
        error={error}
      />
      <Suggestions
        suggestions={draft.suggestions}
        names={names}
        chosen={value}
        onChoose={onChange}
      />
    </div>
  );
}
