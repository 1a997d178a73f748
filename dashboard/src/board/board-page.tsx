import type { ReactNode } from 'react';

export default function BoardPage(_props: Record<string, string>): ReactNode {
  return null;
}
