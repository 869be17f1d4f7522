import { t } from '@lingui/core/macro';
import type { Category } from '@/api/generated/model';
import type { ChoiceGroup } from '@/ui/Combobox';
import type { Choice } from '@/ui/Select';

/** id → name, for rows that carry only the id. */
export function namesById(categories: readonly Category[]): ReadonlyMap<string, string> {
  return new Map(categories.map(({ id, name }) => [id, name]));
}

/**
 * The categories an entry can have, under their parents. A parent is a heading, and like an archived
 * category a choice only of the entries that have it already.
 */
export function choiceGroups(categories: readonly Category[]): ChoiceGroup[] {
  const parents = new Set(categories.flatMap(({ parent_id: parent }) => parent ?? []));
  const names = namesById(categories);
  const groups = new Map<string, { id: string; label: string; choices: ChoiceGroup['choices'] }>();
  for (const category of categories) {
    const isParent = parents.has(category.id);
    const id = isParent ? category.id : (category.parent_id ?? category.kind);
    const label = names.get(id) ?? (category.kind === 'income' ? t`Income` : t`Spending`);
    const group = groups.get(id) ?? { id, label, choices: [] };
    groups.set(id, {
      ...group,
      choices: [...group.choices, choiceOf(category, isParent)],
    });
  }
  return Array.from(groups.values());
}

function choiceOf({ id, name, archived }: Category, isParent: boolean): Choice {
  return { id, label: name, ...(archived || isParent ? { isRetired: true } : {}) };
}
