import type { ReactNode } from 'react';

export default function RunPage(_props: Record<string, string>): ReactNode {
  return null;
}
