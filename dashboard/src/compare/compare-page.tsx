import type { ReactNode } from 'react';

export default function ComparePage(_props: Record<string, string>): ReactNode {
  return null;
}
