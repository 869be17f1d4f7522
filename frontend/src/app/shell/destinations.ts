import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { ChartNoAxesColumn, Inbox, Landmark, List, type LucideIcon } from 'lucide-react';

interface Destination {
  readonly to: '/' | '/transactions' | '/inbox' | '/accounts';
  readonly label: MessageDescriptor;
  readonly icon: LucideIcon;
}

export const destinations = [
  { to: '/', label: msg`Overview`, icon: ChartNoAxesColumn },
  { to: '/transactions', label: msg`Transactions`, icon: List },
  { to: '/inbox', label: msg`Inbox`, icon: Inbox },
  { to: '/accounts', label: msg`Accounts`, icon: Landmark },
] as const satisfies readonly Destination[];
