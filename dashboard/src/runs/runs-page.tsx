import type { ReactNode } from 'react';

export function RunsPage(): ReactNode {
  return null;
}
