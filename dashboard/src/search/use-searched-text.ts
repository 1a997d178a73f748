import { useSearch } from 'wouter';

/** What is searched for in the run, by the page's address. */
export function useSearchedText(): string {
  return new URLSearchParams(useSearch()).get('q')?.trim() ?? '';
}
